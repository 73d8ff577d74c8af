/// Byte strings with values, found by walking from byte to byte: a double-array trie whose children are placed by
/// exclusive or (Aoe 1989; the placement is that of Darts-clone).
///
/// A unit's low nine bits say which byte leads to it, the next 23 are its value + 1, and the upper half is where its
/// children are. A unit is a node's child exactly if it is at the child's place and says the right byte, because no two
/// nodes share a base.
struct ByteTrie: Sendable {
  private(set) var units: [UInt64]
  let rootBase: Int

  /// - Parameter keys: in any order; of equal keys the last one's value counts, and empty ones are left out.
  init(_ keys: ByteStrings, values: [UInt32]) {
    var builder = ByteTrieBuilder()
    rootBase = builder.build(keys, order: keys.sortedOrder(), values)
    units = builder.units
  }

  /// The unit that `byte` leads to from a base, or 0.
  @inline(__always)
  func child(_ base: Int, _ byte: UInt8) -> UInt64 {
    let unit = units[unchecked: base ^ Int(byte)]
    return unit & 0x1FF == 0x100 | UInt64(byte) ? unit : 0
  }

  @inline(__always)
  static func base(_ unit: UInt64) -> Int { Int(unit >> 32) }

  /// A unit's value + 1, or 0.
  @inline(__always)
  static func value(_ unit: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: unit) >> 9 }

  /// The longest key at the beginning of the bytes: its value + 1 (0 if there is none) and its end.
  @inline(__always)
  func longestMatch(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> (value: UInt32, end: Int) {
    var found: (value: UInt32, end: Int) = (0, start)
    var base = rootBase
    var position = start
    while position < end {
      let unit = child(base, bytes[position])
      if unit == 0 { break }
      position += 1
      let value = Self.value(unit)
      if value != 0 { found = (value, position) }
      base = Self.base(unit)
    }
    return found
  }
}
