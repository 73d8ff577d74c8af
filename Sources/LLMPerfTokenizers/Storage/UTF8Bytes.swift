import LLMPerfBytes

/// Text as UTF-8 bytes. Everything behind the public API may rely on it being well-formed.
typealias UTF8Bytes = UnsafeBufferPointer<UInt8>

extension UnsafePointer<UInt8> {
  /// The scalar that begins at `position`, and how many bytes it takes. The bytes must be well-formed.
  @inline(__always)
  func scalar(at position: Int) -> (value: UInt32, length: Int) {
    let first = UInt32(self[position])
    if first < 0x80 { return (first, 1) }
    let second = UInt32(self[position + 1]) & 0x3F
    if first < 0xE0 { return ((first & 0x1F) << 6 | second, 2) }
    let third = UInt32(self[position + 2]) & 0x3F
    if first < 0xF0 { return ((first & 0x0F) << 12 | second << 6 | third, 3) }
    return ((first & 0x07) << 18 | second << 12 | third << 6 | UInt32(self[position + 3]) & 0x3F, 4)
  }

  /// Where the scalar that ends before `position` begins. There must be one.
  @inline(__always)
  func scalarStart(before position: Int) -> Int {
    var start = position - 1
    while self[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }

  /// Eight bytes, wherever they begin.
  @inline(__always)
  func eightBytes(at position: Int) -> UInt64 {
    UnsafeRawPointer(self + position).loadUnaligned(as: UInt64.self)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The same bytes as a slice of their own, with its indices from 0.
  @inline(__always)
  func slice(_ start: Int, _ end: Int) -> UTF8Bytes {
    UTF8Bytes(rebasing: self[start..<end])
  }

  /// How many of the first bytes are ASCII.
  func asciiPrefixLength(from start: Int = 0) -> Int {
    guard let bytes = baseAddress else { return 0 }
    var position = start
    while position + 8 <= count, bytes.eightBytes(at: position) & 0x8080_8080_8080_8080 == 0 { position += 8 }
    while position < count, bytes[position] < 0x80 { position += 1 }
    return position
  }

  func hasPrefix(_ prefix: [UInt8]) -> Bool {
    guard count >= prefix.count else { return false }
    for index in prefix.indices where self[index] != prefix[index] { return false }
    return true
  }
}

/// How many bytes a scalar takes when its first byte is `byte`.
@inline(__always)
func scalarLength(firstByte byte: UInt8) -> Int {
  if byte < 0x80 { return 1 }
  if byte < 0xE0 { return 2 }
  return byte < 0xF0 ? 3 : 4
}

extension GrowableBuffer<UInt8> {
  /// Appends a scalar's UTF-8 bytes.
  @inline(__always)
  mutating func append(scalar: UInt32) {
    reserve(4)
    if scalar < 0x80 {
      unsafeAppend(UInt8(scalar))
    } else if scalar < 0x800 {
      unsafeAppend(UInt8(0xC0 | scalar >> 6))
      unsafeAppend(UInt8(0x80 | scalar & 0x3F))
    } else if scalar < 0x1_0000 {
      unsafeAppend(UInt8(0xE0 | scalar >> 12))
      unsafeAppend(UInt8(0x80 | scalar >> 6 & 0x3F))
      unsafeAppend(UInt8(0x80 | scalar & 0x3F))
    } else {
      unsafeAppend(UInt8(0xF0 | scalar >> 18 & 0x07))
      unsafeAppend(UInt8(0x80 | scalar >> 12 & 0x3F))
      unsafeAppend(UInt8(0x80 | scalar >> 6 & 0x3F))
      unsafeAppend(UInt8(0x80 | scalar & 0x3F))
    }
  }

  /// Appends `text`, with U+FFFD in place of each maximal ill-formed part.
  mutating func append(repairing text: UTF8Bytes) {
    var position = 0
    while position < text.count {
      let (end, rest) = UTF8Text.check(text, from: position)
      append(contentsOf: text.slice(position, end))
      switch rest {
      case .none: return
      case .unfinished: return append(scalar: 0xFFFD)
      case .illFormed(let length):
        append(scalar: 0xFFFD)
        position = end + length
      }
    }
  }

  /// Appends bytes that are kept in an array.
  @inline(__always)
  mutating func append(bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}
