/// Checks bytes for being UTF-8 (Unicode 15, table 3-7).
package enum UTF8Text {
  /// What follows the well-formed beginning of some bytes.
  package enum Rest: Equatable, Sendable {
    /// Nothing.
    case none
    /// The beginning of a character, whose rest may come.
    case unfinished
    /// Bytes that are no character: a beginning whose rest does not follow, or a byte that begins none. A reader that
    /// repairs puts one U+FFFD in their place.
    case illFormed(length: Int)
  }

  /// The end of the longest run of whole characters in `bytes` from `start` on, and what follows it.
  package static func check(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> (end: Int, rest: Rest) {
    guard let base = bytes.baseAddress else { return (start, .none) }
    let count = bytes.count
    var offset = start
    while offset < count {
      guard base[offset] >= 0x80 else {
        offset += 1
        while count - offset >= 8,
          UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
          offset += 8
        }
        continue
      }
      guard let (length, second) = character(base[offset]) else { return (offset, .illFormed(length: 1)) }
      for place in 1..<length {
        guard offset + place < count else { return (offset, .unfinished) }
        guard (place == 1 ? second : 0x80...0xBF).contains(base[offset + place]) else {
          return (offset, .illFormed(length: place))
        }
      }
      offset += length
    }
    return (offset, .none)
  }

  /// Whether `bytes` are whole characters.
  package static func isWellFormed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { check(bytes).rest == .none }

  /// The bytes of a character that begins with `first`, and what its second byte may be; nil when none begins so.
  @inline(__always)
  private static func character(_ first: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
    switch first {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: nil
    }
  }
}
