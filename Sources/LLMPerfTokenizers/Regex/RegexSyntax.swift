/// A regular expression as a tree.
indirect enum RegexNode: Sendable {
  enum Greed: Sendable { case greedy, lazy, possessive }

  enum Assertion: Sendable {
    case lineStart, lineEnd, textStart, textEnd, textEndBeforeNewline, wordBoundary, notWordBoundary
  }

  case empty
  case set(CharacterSet)
  case sequence([RegexNode])
  case alternation([RegexNode])
  case repetition(RegexNode, min: Int, max: Int?, RegexNode.Greed)
  case capture(Int, RegexNode)
  case atomic(RegexNode)
  case look(ahead: Bool, negative: Bool, RegexNode)
  case assertion(RegexNode.Assertion)
  case backReference(Int)
  case graphemeCluster
}

extension RegexNode {
  /// A greedy run of one set that is repeated, as `x{1,3}+` is in Ruby's syntax, as one run without end; nil for other
  /// nodes and bounds. It finds the same matches, but does not try every way of dividing the run.
  func repeated(_ min: Int, _ max: Int?, _ greed: Greed) -> RegexNode? {
    guard case .repetition(.set(let set), let least, let most, .greedy) = self, greed == .greedy, max == nil,
      min <= 1, least <= 1, most ?? 1 > 0
    else { return nil }
    return .repetition(.set(set), min: Swift.min(min, least), max: nil, .greedy)
  }

  /// The least and the greatest number of scalars that a match takes; a nil maximum is no maximum.
  var scalarCount: (min: Int, max: Int?) {
    switch self {
    case .empty, .look, .assertion: return (0, 0)
    case .set: return (1, 1)
    case .backReference: return (0, nil)
    case .graphemeCluster: return (1, nil)
    case .capture(_, let node), .atomic(let node): return node.scalarCount
    case .sequence(let nodes):
      return nodes.reduce((0, 0)) { total, node in
        let count = node.scalarCount
        return (total.min + count.min, total.max.flatMap { sum in count.max.map { sum + $0 } })
      }
    case .alternation(let nodes):
      let counts = nodes.map(\.scalarCount)
      let unlimited = counts.contains { $0.max == nil }
      return (counts.map(\.min).min() ?? 0, unlimited ? nil : counts.compactMap(\.max).max())
    case .repetition(let node, let min, let max, _):
      let count = node.scalarCount
      return (Self.product(count.min, min), max.flatMap { times in count.max.map { Self.product($0, times) } })
    }
  }

  /// More than this is as good as no limit.
  private static func product(_ count: Int, _ times: Int) -> Int {
    let (product, overflows) = count.multipliedReportingOverflow(by: times)
    return overflows ? 1 << 32 : min(product, 1 << 32)
  }

  /// The scalars that a match can begin with, or nil if it can be empty or that is not known.
  var firstScalars: CharacterSet? {
    switch self {
    case .set(let set): return set
    case .capture(_, let node), .atomic(let node): return node.firstScalars
    case .repetition(let node, let min, _, _): return min > 0 ? node.firstScalars : nil
    case .alternation(let nodes):
      var union = CharacterSet()
      for node in nodes {
        guard let first = node.firstScalars else { return nil }
        union.formUnion(first)
      }
      return union
    case .sequence(let nodes):
      var union = CharacterSet()
      for node in nodes {
        switch node {
        case .assertion, .look, .empty: continue
        case .repetition(let body, 0, _, _):
          guard let first = body.firstScalars else { return nil }
          union.formUnion(first)
        default:
          guard let first = node.firstScalars else { return nil }
          union.formUnion(first)
          return union
        }
      }
      return nil
    case .empty, .look, .assertion, .backReference, .graphemeCluster: return nil
    }
  }
}
