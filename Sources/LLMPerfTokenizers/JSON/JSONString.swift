/// What is between the quotes of a JSON string.
enum JSONString {
  /// Appends a string's bytes without its escapes; half a surrogate pair, and bytes that are not UTF-8, become U+FFFD.
  static func unescape(_ raw: UTF8Bytes, into decoded: inout GrowableBuffer<UInt8>) {
    var position = 0
    while position < raw.count {
      let byte = raw[position]
      position += 1
      guard byte == UInt8(ascii: "\\"), position < raw.count else {
        decoded.append(byte)
        continue
      }
      let escaped = raw[position]
      position += 1
      switch escaped {
      case UInt8(ascii: "n"): decoded.append(0x0A)
      case UInt8(ascii: "t"): decoded.append(0x09)
      case UInt8(ascii: "r"): decoded.append(0x0D)
      case UInt8(ascii: "b"): decoded.append(0x08)
      case UInt8(ascii: "f"): decoded.append(0x0C)
      case UInt8(ascii: "u"): decoded.append(scalar: unicodeEscape(raw, &position))
      default: decoded.append(escaped)
      }
    }
  }

  private static func unicodeEscape(_ raw: UTF8Bytes, _ position: inout Int) -> UInt32 {
    guard let unit = hexUnit(raw, position) else { return 0xFFFD }
    position += 4
    guard unit & 0xF800 == 0xD800 else { return unit }
    guard unit < 0xDC00, position + 6 <= raw.count, raw[position] == UInt8(ascii: "\\"),
      raw[position + 1] == UInt8(ascii: "u"), let low = hexUnit(raw, position + 2), low & 0xFC00 == 0xDC00
    else { return 0xFFFD }
    position += 6
    return 0x1_0000 + (unit & 0x3FF) << 10 + low & 0x3FF
  }

  private static func hexUnit(_ raw: UTF8Bytes, _ position: Int) -> UInt32? {
    guard position + 4 <= raw.count else { return nil }
    var unit: UInt32 = 0
    for offset in 0..<4 {
      guard let digit = hexDigit(raw[position + offset]) else { return nil }
      unit = unit << 4 | digit
    }
    return unit
  }
}

/// The value of a hexadecimal digit, or nil.
func hexDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
  default: nil
  }
}
