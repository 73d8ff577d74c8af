import LLMPerf

/// Writes instants as decimal seconds, exactly: nanoseconds become nine digits behind the point, without trailing zeros.
enum DecimalWriter {
  /// Appends `instant` in seconds.
  static func append(_ instant: RunInstant, to output: inout [UInt8]) {
    if instant.nanoseconds < 0 { output.append(UInt8(ascii: "-")) }
    let magnitude = instant.nanoseconds.magnitude
    append(magnitude / 1_000_000_000, to: &output)
    var fraction = magnitude % 1_000_000_000
    output.append(UInt8(ascii: "."))
    guard fraction > 0 else { return output.append(UInt8(ascii: "0")) }
    var digits = 9
    while fraction % 10 == 0 {
      fraction /= 10
      digits -= 1
    }
    let start = output.count
    output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
    for position in stride(from: start + digits - 1, through: start, by: -1) {
      output[position] = UInt8(ascii: "0") + UInt8(fraction % 10)
      fraction /= 10
    }
  }

  private static func append(_ value: UInt64, to output: inout [UInt8]) {
    var scale: UInt64 = 1
    while value / scale >= 10 { scale *= 10 }
    while scale > 0 {
      output.append(UInt8(ascii: "0") + UInt8(value / scale % 10))
      scale /= 10
    }
  }
}
