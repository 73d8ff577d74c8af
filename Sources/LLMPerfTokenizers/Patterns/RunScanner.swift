/// Patterns of the form `x?y+`, `y+`, `y{1,3}` or `y`, with a class for x and y.
struct RunScanner: PatternScanner {
  private let prefix: CharacterSet?
  private let body: CharacterSet
  private let min: Int
  private let max: Int

  /// Nil unless the expression has that form and never needs to give anything back.
  init?(_ node: RegexNode) {
    switch node {
    case .set(let set): (prefix, body, min, max) = (nil, set, 1, 1)
    case .repetition(.set(let set), let min, let max, let greed) where min > 0 && greed != .lazy:
      (prefix, body, self.min, self.max) = (nil, set, min, max ?? .max)
    case .sequence(let nodes):
      guard nodes.count == 2, case .repetition(.set(let prefix), 0, 1, .greedy) = nodes[0],
        case .repetition(.set(let set), 1, let max, let greed) = nodes[1], greed != .lazy,
        max == nil || prefix.isDisjoint(with: set)
      else { return nil }
      (self.prefix, body, min, self.max) = (prefix, set, 1, max ?? .max)
    default: return nil
    }
  }

  /// Runs of a set, cut after `count` characters.
  init(_ set: CharacterSet, atMost count: Int) {
    (prefix, body, min, max) = (nil, set, 1, count)
  }

  @inline(__always)
  func matchEnd(_ bytes: UnsafePointer<UInt8>, at position: Int, start: Int, end: Int) -> Int {
    let (scalar, length) = bytes.scalar(at: position)
    if body.contains(scalar) { return run(bytes, position, end) }
    guard let prefix, prefix.contains(scalar), position + length < end,
      body.contains(bytes.scalar(at: position + length).value)
    else { return -1 }
    return run(bytes, position + length, end)
  }

  @inline(__always)
  private func run(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    var taken = 0
    while position < end, taken < max {
      let (scalar, length) = bytes.scalar(at: position)
      guard body.contains(scalar) else { break }
      position += length
      taken += 1
    }
    return taken >= min ? position : -1
  }
}
