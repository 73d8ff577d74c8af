import LLMPerf

/// Writes instants as decimal seconds, exactly: nanoseconds become up to nine digits behind the point, without trailing
/// zeros.
///
/// Events that one read brought have the same instant, so the text of the last one is kept.
struct DecimalWriter {
  private var instant = RunInstant.start
  private var text = Array("0.0".utf8)

  /// Appends `instant` in seconds.
  mutating func append(_ instant: RunInstant, to output: inout [UInt8]) {
    if instant != self.instant {
      self.instant = instant
      write(instant)
    }
    output.append(contentsOf: text)
  }

  /// Makes `text` that of `instant`, from the last digit to the first.
  private mutating func write(_ instant: RunInstant) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digits in
      var start = digits.count
      func put(_ byte: UInt8) {
        start -= 1
        digits[start] = byte
      }
      let magnitude = instant.nanoseconds.magnitude
      var seconds = magnitude / 1_000_000_000
      var fraction = UInt32(truncatingIfNeeded: magnitude % 1_000_000_000)
      var places = 9
      while places > 1, fraction % 10 == 0 {
        fraction /= 10
        places -= 1
      }
      for _ in 0..<places {
        put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction % 10))
        fraction /= 10
      }
      put(UInt8(ascii: "."))
      repeat {
        put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: seconds % 10))
        seconds /= 10
      } while seconds > 0
      if instant.nanoseconds < 0 { put(UInt8(ascii: "-")) }
      text.removeAll(keepingCapacity: true)
      text.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }
}
