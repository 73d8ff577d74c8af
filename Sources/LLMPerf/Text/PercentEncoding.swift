/// Percent-encoding (RFC 3986): everything but unreserved characters is escaped.
package enum PercentEncoding {
  /// `text` as one path segment, or as a value in a query.
  package static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        output.append(byte)
      case UInt8(ascii: "/") where keepingSlashes: output.append(byte)
      default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// `text` with its escapes decoded; a wrong escape stays as it is.
  package static func decode(_ text: some StringProtocol) -> String {
    decode(text, keepsWrong: true) ?? ""
  }

  /// `text` with its escapes decoded; nil where one is wrong.
  package static func decodeStrictly(_ text: some StringProtocol) -> String? {
    decode(text, keepsWrong: false)
  }

  private static func decode(_ text: some StringProtocol, keepsWrong: Bool) -> String? {
    var output: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        output.append(byte)
        continue
      }
      let digits = rest.prefix(2).compactMap { HexadecimalDigit.value(of: $0) }
      if digits.count == 2 {
        output.append(digits[0] << 4 | digits[1])
        rest = rest.dropFirst(2)
      } else {
        guard keepsWrong else { return nil }
        output.append(byte)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
