/// Characters that are several characters in another case, such as ß and "ss".
final class MultipleCases: Sendable {
  static let shared = MultipleCases()

  /// By character: what it is in lower case, one character after the other.
  let foldings: [UInt32: [UInt32]]
  /// The reverse.
  private let scalars: [[UInt32]: CharacterSet]
  private static let longest = 3

  private init() {
    // All that Unicode's file CaseFolding marks as full foldings are here; most are marked by their upper case.
    let blocks: [ClosedRange<UInt32>] = [
      0xDF...0xDF, 0x130...0x149, 0x1F0...0x1F0, 0x390...0x3B0, 0x587...0x587, 0x1E96...0x1E9E, 0x1F50...0x1FFC,
      0xFB00...0xFB17,
    ]
    var foldings: [UInt32: [UInt32]] = [:]
    for value in blocks.joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let upper = value == 0x1E9E ? "SS" : scalar.properties.uppercaseMapping
      let folding = upper.unicodeScalars.flatMap(\.properties.lowercaseMapping.unicodeScalars).map(\.value)
      if folding.count > 1 { foldings[value] = folding }
    }
    var scalars: [[UInt32]: CharacterSet] = [:]
    for (scalar, folding) in foldings { scalars[folding, default: CharacterSet()].insert(scalar) }
    self.foldings = foldings
    self.scalars = scalars
  }

  /// A character for whose other case a class would have to match several characters, because it does not hold the first
  /// of them, which otherwise comes before.
  func incompleteScalar(in set: CharacterSet) -> UInt32? {
    foldings.keys.sorted().first { scalar in
      set.contains(scalar) && foldings[scalar]?.first.map { set.contains($0) } == false
    }
  }

  /// The nodes of a sequence that ignores case, with the other cases that are longer or shorter.
  ///
  /// - Parameter literals: per node the character that it matches, if it is one character and not repeated.
  func expand(_ nodes: [RegexNode], literals: [UInt32?]) -> [RegexNode] {
    var expanded: [RegexNode] = []
    var index = 0
    while index < nodes.count {
      guard let literal = literals[index] else {
        expanded.append(nodes[index])
        index += 1
        continue
      }
      if let folding = foldings[literal], let others = scalars[folding] {
        expanded.append(.alternation([.set(others), Self.sequence(folding)]))
        index += 1
      } else if let (count, others) = shorterCase(of: literals[index...]) {
        expanded.append(.alternation([.sequence(Array(nodes[index..<index + count])), .set(others)]))
        index += count
      } else {
        expanded.append(nodes[index])
        index += 1
      }
    }
    return expanded
  }

  private func shorterCase(of literals: ArraySlice<UInt32?>) -> (count: Int, CharacterSet)? {
    for count in stride(from: min(Self.longest, literals.count), to: 1, by: -1) {
      let folded = literals.prefix(count).compactMap { $0.map(CaseVariants.shared.lowercase) }
      if folded.count == count, let others = scalars[folded] { return (count, others) }
    }
    return nil
  }

  private static func sequence(_ scalars: [UInt32]) -> RegexNode {
    .sequence(scalars.map { .set(CharacterSet(scalar: $0).ignoringCase) })
  }
}
