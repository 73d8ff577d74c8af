/// Reads standard base64.
enum Base64 {
  private static let invalid: UInt8 = 0xFF
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: invalid, count: 256)
    for (value, letter) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
      values[Int(letter)] = UInt8(value)
    }
    return values
  }()

  /// Appends the decoded bytes.
  ///
  /// - Returns: whether `text` was base64; padding may be missing.
  static func decode(_ text: UTF8Bytes, into decoded: inout GrowableBuffer<UInt8>) -> Bool {
    let values = values
    decoded.reserve(text.count * 3 / 4 + 3)
    var length = text.count
    while length > 0, text[length - 1] == UInt8(ascii: "=") { length -= 1 }
    var bits: UInt32 = 0
    var held = 0
    for index in 0..<length {
      let value = values[unchecked: Int(text[index])]
      if value == invalid { return false }
      bits = bits << 6 | UInt32(value)
      held += 6
      if held >= 8 {
        held -= 8
        decoded.unsafeAppend(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
      }
    }
    return held < 6
  }

  /// The decoded bytes as an array, or nil.
  static func decode(_ text: UTF8Bytes) -> [UInt8]? {
    var decoded = GrowableBuffer<UInt8>()
    return decode(text, into: &decoded) ? Array(decoded.elements) : nil
  }
}
