/// Reads numbers the way serde_json does without its option for exact round trips.
///
/// The digits become an integer, which is rounded to a double and then divided or multiplied by a power of ten. The last
/// bit can differ from the nearest double, and with equal sums of scores that bit decides which pieces a Unigram model
/// takes.
enum JSONNumber {
  static func double(_ text: UTF8Bytes) -> Double? {
    var position = 0
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { position += 1 }
    var significand: UInt64 = 0
    var exponent = 0
    var isFraction = false
    var isFull = false
    var digits = 0
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        digits += 1
        let (shifted, overflows) = significand.multipliedReportingOverflow(by: 10)
        let (sum, carries) = shifted.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
        if isFull || overflows || carries {
          isFull = true
          if !isFraction { exponent += 1 }
        } else {
          significand = sum
          if isFraction { exponent -= 1 }
        }
      } else {
        break
      }
      position += 1
    }
    guard digits > 0 else { return nil }
    if position < text.count {
      guard text[position] | 0x20 == UInt8(ascii: "e"),
        let written = Int(String(decoding: text[(position + 1)...], as: UTF8.self)), written.magnitude < 100_000
      else { return nil }
      exponent += written
    }
    let magnitude = scaled(Double(significand), by: exponent)
    return isNegative ? -magnitude : magnitude
  }

  private static func scaled(_ value: Double, by exponent: Int) -> Double {
    var value = value
    var exponent = exponent
    while exponent < -308, value != 0 {
      value /= 1e308
      exponent += 308
    }
    guard value != 0, exponent <= 308 else { return value == 0 ? 0 : .infinity }
    return exponent >= 0 ? value * powers[exponent] : value / powers[-exponent]
  }

  private static let powers: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }
}
