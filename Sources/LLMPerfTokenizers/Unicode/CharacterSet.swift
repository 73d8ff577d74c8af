/// A set of scalars, one bit each.
struct CharacterSet: Sendable, Hashable {
  private static let wordCount = UnicodeTables.scalarCount / 64
  private var words: [UInt64]

  init() { words = [UInt64](repeating: 0, count: Self.wordCount) }

  init(ranges: [ClosedRange<UInt32>], classes: ScalarClasses = []) {
    self.init(classes: classes)
    for range in ranges { insert(range) }
  }

  /// The scalars of any of `classes`.
  init(classes: ScalarClasses) {
    self.init()
    for bit in 0..<ScalarClasses.count where classes.rawValue & 1 << UInt32(bit) != 0 {
      for range in UnicodeTables.shared.classRanges[bit] { insert(range) }
    }
  }

  init(scalar: UInt32) {
    self.init()
    insert(scalar)
  }

  static let whiteSpace = CharacterSet(classes: .whiteSpace)
  static let lineBreak = CharacterSet(ranges: [0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])

  @inline(__always)
  func contains(_ scalar: UInt32) -> Bool {
    words[unchecked: Int(scalar >> 6)] & 1 << UInt64(scalar & 63) != 0
  }

  mutating func insert(_ scalar: UInt32) {
    words[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63)
  }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    let firstWord = Int(range.lowerBound >> 6)
    let lastWord = Int(min(range.upperBound, 0x10FFFF) >> 6)
    guard firstWord <= lastWord else { return }
    let head = ~UInt64(0) << UInt64(range.lowerBound & 63)
    let tail = ~UInt64(0) >> UInt64(63 - min(range.upperBound, 0x10FFFF) & 63)
    if firstWord == lastWord {
      words[firstWord] |= head & tail
      return
    }
    words[firstWord] |= head
    words[lastWord] |= tail
    for word in firstWord + 1..<lastWord { words[word] = ~0 }
  }

  mutating func formUnion(_ other: CharacterSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func formIntersection(_ other: CharacterSet) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  var inverted: CharacterSet {
    var inverted = self
    for index in words.indices { inverted.words[index] = ~words[index] }
    return inverted
  }

  func isDisjoint(with other: CharacterSet) -> Bool {
    !words.indices.contains { words[$0] & other.words[$0] != 0 }
  }

  /// The set with every scalar's other cases.
  var ignoringCase: CharacterSet {
    var widened = self
    for group in CaseVariants.shared.groups where group.contains(where: contains) {
      for scalar in group { widened.insert(scalar) }
    }
    return widened
  }
}

/// Which scalars are each other's upper and lower case.
final class CaseVariants: Sendable {
  static let shared = CaseVariants()

  /// Lower-case characters that share their upper case with another one, which stands behind them.
  private static let moreLowercase: [(UInt32, UInt32)] = [
    (0x17F, 0x73), (0xB5, 0x3BC), (0x345, 0x3B9), (0x1FBE, 0x3B9), (0x3C2, 0x3C3), (0x3D0, 0x3B2), (0x3D1, 0x3B8),
    (0x3D5, 0x3C6), (0x3D6, 0x3C0), (0x3F0, 0x3BA), (0x3F1, 0x3C1), (0x3F5, 0x3B5), (0x1E9B, 0x1E61), (0x1C80, 0x432),
    (0x1C81, 0x434), (0x1C82, 0x43E), (0x1C83, 0x441), (0x1C84, 0x442), (0x1C85, 0x442), (0x1C86, 0x44A),
    (0x1C87, 0x463), (0x1C88, 0xA64B),
  ]

  let groups: [[UInt32]]
  private let groupOf: [UInt32: Int]

  private init() {
    let lowercase = UnicodeTables.shared.lowercase
    var members: [UInt32: [UInt32]] = [:]
    for upper in lowercase.keys {
      guard let lower = lowercase[upper], lower.count == 1, let scalar = lower.first else { continue }
      members[scalar, default: [scalar]].append(upper)
    }
    for (scalar, lower) in Self.moreLowercase { members[lower, default: [lower]].append(scalar) }
    var groups: [[UInt32]] = []
    var groupOf: [UInt32: Int] = [:]
    for (_, group) in members.sorted(by: { $0.key < $1.key }) {
      for scalar in group { groupOf[scalar] = groups.count }
      groups.append(group)
    }
    self.groups = groups
    self.groupOf = groupOf
  }

  /// A character's lower case if it is one character.
  func lowercase(_ scalar: UInt32) -> UInt32 { groupOf[scalar].map { groups[$0][0] } ?? scalar }

  func variants(of scalar: UInt32) -> [UInt32] {
    groupOf[scalar].map { groups[$0] } ?? [scalar]
  }
}
