/// What two neighbouring symbols merge into, and how early.
struct PairTable: Sendable {
  static let none = UInt64.max

  /// Open addressing, two words a slot: the pair, then rank (upper half) and result.
  private var slots: [UInt64]
  private var mask: Int
  private(set) var count = 0

  init(capacity: Int) {
    var size = 16
    while size * 2 < capacity * 3 { size *= 2 }
    slots = [UInt64](repeating: Self.none, count: size * 2)
    mask = size - 1
  }

  /// The last rank that is set for a pair counts.
  mutating func set(_ left: UInt32, _ right: UInt32, rank: UInt32, result: UInt32) {
    let key = UInt64(left) << 32 | UInt64(right)
    var index = Self.start(key) & mask
    while slots[2 * index] != Self.none, slots[2 * index] != key { index = (index + 1) & mask }
    if slots[2 * index] == Self.none { count += 1 }
    slots[2 * index] = key
    slots[2 * index + 1] = UInt64(rank) << 32 | UInt64(result)
    if count * 4 > (mask + 1) * 3 { grow() }
  }

  /// Rank (upper half) and result of a pair, or `none`.
  @inline(__always)
  func lookUp(_ left: UInt32, _ right: UInt32) -> UInt64 {
    let key = UInt64(left) << 32 | UInt64(right)
    var index = Self.start(key) & mask
    while true {
      let found = slots[unchecked: 2 * index]
      if found == key { return slots[unchecked: 2 * index + 1] }
      if found == Self.none { return Self.none }
      index = (index + 1) & mask
    }
  }

  func forEach(_ body: (_ left: UInt32, _ right: UInt32, _ rank: UInt32, _ result: UInt32) -> Void) {
    for index in stride(from: 0, to: slots.count, by: 2) where slots[index] != Self.none {
      let (key, value) = (slots[index], slots[index + 1])
      body(
        UInt32(key >> 32), UInt32(truncatingIfNeeded: key), UInt32(value >> 32), UInt32(truncatingIfNeeded: value))
    }
  }

  private mutating func grow() {
    var larger = PairTable(capacity: (mask + 1) * 2)
    forEach { larger.set($0, $1, rank: $2, result: $3) }
    self = larger
  }

  @inline(__always)
  private static func start(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 24)
  }
}
