/// 256 bits.
struct Bits256 {
  private var words: (UInt64, UInt64, UInt64, UInt64)

  init(all: Bool) {
    let word: UInt64 = all ? ~0 : 0
    words = (word, word, word, word)
  }

  var isEmpty: Bool { words.0 | words.1 | words.2 | words.3 == 0 }

  var first: UInt8? {
    if words.0 != 0 { return UInt8(words.0.trailingZeroBitCount) }
    if words.1 != 0 { return UInt8(64 + words.1.trailingZeroBitCount) }
    if words.2 != 0 { return UInt8(128 + words.2.trailingZeroBitCount) }
    if words.3 != 0 { return UInt8(192 + words.3.trailingZeroBitCount) }
    return nil
  }

  mutating func remove(_ bit: UInt8) {
    let word = ~(UInt64(1) << UInt64(bit & 63))
    switch bit >> 6 {
    case 0: words.0 &= word
    case 1: words.1 &= word
    case 2: words.2 &= word
    default: words.3 &= word
    }
  }

  mutating func formIntersection(_ other: Bits256) {
    words.0 &= other.words.0
    words.1 &= other.words.1
    words.2 &= other.words.2
    words.3 &= other.words.3
  }

  /// The set of all i for which i XOR `key` is in this set.
  func exchanged(by key: UInt8) -> Bits256 {
    var result = self
    if key & 128 != 0 { result.words = (result.words.2, result.words.3, result.words.0, result.words.1) }
    if key & 64 != 0 { result.words = (result.words.1, result.words.0, result.words.3, result.words.2) }
    result.words.0 = Self.exchanged(result.words.0, by: key)
    result.words.1 = Self.exchanged(result.words.1, by: key)
    result.words.2 = Self.exchanged(result.words.2, by: key)
    result.words.3 = Self.exchanged(result.words.3, by: key)
    return result
  }

  private static func exchanged(_ word: UInt64, by key: UInt8) -> UInt64 {
    var word = word
    if key & 32 != 0 { word = word >> 32 | word << 32 }
    if key & 16 != 0 { word = word >> 16 & 0x0000_FFFF_0000_FFFF | (word & 0x0000_FFFF_0000_FFFF) << 16 }
    if key & 8 != 0 { word = word >> 8 & 0x00FF_00FF_00FF_00FF | (word & 0x00FF_00FF_00FF_00FF) << 8 }
    if key & 4 != 0 { word = word >> 4 & 0x0F0F_0F0F_0F0F_0F0F | (word & 0x0F0F_0F0F_0F0F_0F0F) << 4 }
    if key & 2 != 0 { word = word >> 2 & 0x3333_3333_3333_3333 | (word & 0x3333_3333_3333_3333) << 2 }
    if key & 1 != 0 { word = word >> 1 & 0x5555_5555_5555_5555 | (word & 0x5555_5555_5555_5555) << 1 }
    return word
  }
}
