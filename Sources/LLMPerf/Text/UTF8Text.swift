/// Checks bytes for being UTF-8 (Unicode 15, table 3-7).
enum UTF8Text {
  /// What follows the well-formed beginning of some bytes.
  enum Rest: Equatable {
    /// Nothing.
    case none
    /// The beginning of a character, whose rest may come.
    case unfinished
    /// A byte that cannot stand there.
    case illFormed
  }

  /// The length of the longest beginning of `bytes` that is whole characters, and what follows it.
  static func check(_ bytes: UnsafeBufferPointer<UInt8>) -> (length: Int, rest: Rest) {
    var offset = 0
    while offset < bytes.count {
      if bytes.count - offset >= 8, let base = bytes.baseAddress,
        UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        offset += 8
        continue
      }
      guard bytes[offset] >= 0x80 else {
        offset += 1
        continue
      }
      guard let (count, second) = sequence(bytes[offset]) else { return (offset, .illFormed) }
      for place in 1..<count {
        guard offset + place < bytes.count else { return (offset, .unfinished) }
        guard (place == 1 ? second : 0x80...0xBF).contains(bytes[offset + place]) else { return (offset, .illFormed) }
      }
      offset += count
    }
    return (offset, .none)
  }

  /// The bytes of a character that begins with `first`, and what its second byte may be; nil when none begins so.
  private static func sequence(_ first: UInt8) -> (count: Int, second: ClosedRange<UInt8>)? {
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
