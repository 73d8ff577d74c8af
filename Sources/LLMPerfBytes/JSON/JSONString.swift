#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The inside of JSON strings: where they end, and what their escapes stand for.
package enum JSONString {
  /// The offset of the quotation mark that ends the string whose inside begins at `start`; nil when there is none, or when
  /// an unescaped control character or an escape that JSON does not know comes first.
  package static func end(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    scan(bytes, from: start)?.end
  }

  /// The same as `end(in:from:)`, and whether the string has an escape in it.
  @inline(__always)
  static func scan(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (end: Int, hasEscape: Bool)? {
    guard let base = bytes.baseAddress else { return nil }
    var offset = start
    var hasEscape = false
    let count = bytes.count
    while offset < count {
      if count - offset >= 8 {
        let special = specialBytes(UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self).littleEndian)
        if special == 0 {
          offset += 8
          continue
        }
        offset += special.trailingZeroBitCount / 8
      }
      switch base[offset] {
      case UInt8(ascii: "\""): return (offset, hasEscape)
      case UInt8(ascii: "\\"):
        hasEscape = true
        guard let length = escapeLength(UnsafeBufferPointer(rebasing: bytes[offset...])) else { return nil }
        offset += length
      case 0..<0x20: return nil
      default: offset += 1
      }
    }
    return nil
  }

  /// The length of the escape that `bytes` begin with; nil when JSON knows no such escape.
  @inline(__always)
  private static func escapeLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard bytes.count >= 2 else { return nil }
    switch bytes[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    case UInt8(ascii: "u"): return hexadecimal(bytes, at: 2) == nil ? nil : 6
    default: return nil
    }
  }

  /// Why `end(in:from:)` found no end, and where.
  static func fault(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (offset: Int, message: String) {
    var offset = start
    while offset < bytes.count, bytes[offset] >= 0x20, bytes[offset] != UInt8(ascii: "\"") {
      if bytes[offset] == UInt8(ascii: "\\") {
        let rest = UnsafeBufferPointer(rebasing: bytes[offset...])
        guard let length = escapeLength(rest) else { return (offset, "an escape that JSON does not know") }
        offset += length
      } else {
        offset += 1
      }
    }
    if offset < bytes.count { return (offset, "a control character inside a string, which must be escaped") }
    return (start - 1, "the string that begins here has no end")
  }

  /// The offset of the first escape in the inside of a string that is half of a surrogate pair, and so no character.
  static func halfSurrogate(in inside: UnsafeBufferPointer<UInt8>) -> Int? {
    var offset = 0
    while let backslash = backslash(in: inside, from: offset) {
      offset = backslash + 2
      guard offset <= inside.count, inside[backslash + 1] == UInt8(ascii: "u") else { continue }
      if hexadecimal(inside, at: offset).map({ 0xD800..<0xE000 ~= $0 }) ?? false,
        codePoint(inside, &offset) == 0xFFFD
      {
        return backslash
      }
    }
    return nil
  }

  /// Appends the inside of a string that `end(in:from:)` has accepted to `output`, escapes decoded. Half a surrogate pair
  /// becomes U+FFFD.
  package static func decode(_ inside: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    guard let base = inside.baseAddress, memchr(base, 0x5C, inside.count) != nil else {
      output.append(contentsOf: inside)
      return
    }
    var offset = 0
    while let backslash = backslash(in: inside, from: offset) {
      output.append(contentsOf: UnsafeBufferPointer(start: base + offset, count: backslash - offset))
      offset = backslash + 1
      decodeEscape(inside, &offset, into: &output)
    }
    output.append(contentsOf: UnsafeBufferPointer(start: base + offset, count: inside.count - offset))
  }

  private static func backslash(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let base = bytes.baseAddress, start < bytes.count,
      let found = memchr(base + start, 0x5C, bytes.count - start)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// Appends `text` to `output` as the inside of a JSON string: quotation marks, backslashes and control characters are
  /// escaped, everything else stays as it is.
  package static func encode(_ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) {
    var start = 0
    for offset in 0..<text.count {
      let byte = text[offset]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<offset]))
      start = offset + 1
      output.append(UInt8(ascii: "\\"))
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
      case 0x08: output.append(UInt8(ascii: "b"))
      case 0x09: output.append(UInt8(ascii: "t"))
      case 0x0A: output.append(UInt8(ascii: "n"))
      case 0x0C: output.append(UInt8(ascii: "f"))
      case 0x0D: output.append(UInt8(ascii: "r"))
      default:
        output.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
        output.append(HexadecimalDigit.character(byte >> 4))
        output.append(HexadecimalDigit.character(byte & 15))
      }
    }
    output.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
  }

  /// The high bit of each byte that is a quotation mark, a backslash or a control character (the classic test for a byte
  /// that is zero, after each of the three is moved to zero). Exact up to the lowest such byte, which is all that counts.
  @inline(__always)
  private static func specialBytes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let zeros = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
    let controls = (word &- (ones &* 0x20)) & ~word
    return (zeros | controls) & highs
  }

  /// Reads what stands behind a backslash, at `offset`.
  private static func decodeEscape(
    _ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int, into output: inout [UInt8]
  ) {
    guard offset < bytes.count else { return append(0xFFFD, to: &output) }
    let escape = bytes[offset]
    offset += 1
    switch escape {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(escape)
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "u"): append(codePoint(bytes, &offset), to: &output)
    default: append(0xFFFD, to: &output)
    }
  }

  /// Reads the digits after `\u`, and the second half of a surrogate pair.
  private static func codePoint(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) -> UInt32 {
    guard let first = hexadecimal(bytes, at: offset) else { return 0xFFFD }
    offset += 4
    guard 0xD800..<0xE000 ~= first else { return first }
    guard first < 0xDC00, offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"),
      bytes[offset + 1] == UInt8(ascii: "u"), let second = hexadecimal(bytes, at: offset + 2),
      0xDC00..<0xE000 ~= second
    else { return 0xFFFD }
    offset += 6
    return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
  }

  /// The number of the four digits at `start`; nil where there are fewer.
  private static func hexadecimal(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for place in start..<start + 4 {
      guard let digit = HexadecimalDigit.value(of: bytes[place]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private static func append(_ codePoint: UInt32, to output: inout [UInt8]) {
    let scalar = Unicode.Scalar(codePoint) ?? "\u{FFFD}"
    UTF8.encode(scalar, into: { output.append($0) })
  }
}
