/// A regular expression as instructions for the backtracking matcher.
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    case set(Int)
    /// A run of scalars of one set; the common case of a repetition, without an entry per step on the stack.
    case run(set: Int, min: Int, max: Int, RegexNode.Greed)
    case split(first: Int, second: Int)
    case jump(Int)
    case save(Int)
    /// Remembers where a round of a loop begins.
    case mark(Int)
    /// Leaves a loop whose last round matched nothing.
    case exitIfEmpty(Int, to: Int)
    case assertion(RegexNode.Assertion)
    case look(ahead: Bool, negative: Bool, min: Int, max: Int, body: Int, next: Int)
    case atomic(body: Int, next: Int)
    case backReference(Int)
    case graphemeCluster
    case match
  }

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [CharacterSet] = []
  private(set) var slotCount: Int
  /// The scalars that a match can begin with; nil if any.
  let firstScalars: CharacterSet?
  private var setNumbers: [CharacterSet: Int] = [:]

  init(_ pattern: String) throws(TokenizerError) {
    var parser = RegexParser(pattern)
    let node = try parser.parse()
    slotCount = 2 * (parser.captureCount + 1)
    firstScalars = node.firstScalars
    try emit(node)
    instructions.append(.match)
    setNumbers = [:]
  }

  private mutating func number(of set: CharacterSet) -> Int {
    if let number = setNumbers[set] { return number }
    sets.append(set)
    setNumbers[set] = sets.count - 1
    return sets.count - 1
  }

  private mutating func emit(_ node: RegexNode) throws(TokenizerError) {
    guard instructions.count < 20_000 else { throw .unsupported("a regular expression is too large") }
    switch node {
    case .empty: break
    case .set(let set): instructions.append(.set(number(of: set)))
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .alternation(let nodes): try emitAlternation(nodes)
    case .repetition(let body, let min, let max, let greed):
      if case .set(let set) = body {
        instructions.append(.run(set: number(of: set), min: min, max: max ?? .max, greed))
      } else if greed == .possessive {
        try emit(.atomic(.repetition(body, min: min, max: max, .greedy)))
      } else {
        try emitLoop(body, min: min, max: max, greed)
      }
    case .capture(let index, let body):
      instructions.append(.save(2 * index))
      try emit(body)
      instructions.append(.save(2 * index + 1))
    case .atomic(let body):
      let start = instructions.count
      instructions.append(.match)
      try emit(body)
      instructions.append(.match)
      instructions[start] = .atomic(body: start + 1, next: instructions.count)
    case .look(let ahead, let negative, let body):
      let count = body.scalarCount
      guard ahead || count.max != nil else {
        throw .unsupported("a look-behind of unlimited length is not supported")
      }
      let start = instructions.count
      instructions.append(.match)
      try emit(body)
      instructions.append(.match)
      instructions[start] = .look(
        ahead: ahead, negative: negative, min: count.min, max: count.max ?? 0, body: start + 1,
        next: instructions.count)
    case .assertion(let assertion): instructions.append(.assertion(assertion))
    case .backReference(let index): instructions.append(.backReference(index))
    case .graphemeCluster: instructions.append(.graphemeCluster)
    }
  }

  private mutating func emitAlternation(_ nodes: [RegexNode]) throws(TokenizerError) {
    var jumps: [Int] = []
    for (index, node) in nodes.enumerated() {
      guard index < nodes.count - 1 else {
        try emit(node)
        break
      }
      let split = instructions.count
      instructions.append(.match)
      try emit(node)
      jumps.append(instructions.count)
      instructions.append(.match)
      instructions[split] = .split(first: split + 1, second: instructions.count)
    }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func emitLoop(
    _ body: RegexNode, min: Int, max: Int?, _ greed: RegexNode.Greed
  ) throws(TokenizerError) {
    func split(_ enter: Int, _ leave: Int) -> Instruction {
      greed == .lazy ? .split(first: leave, second: enter) : .split(first: enter, second: leave)
    }
    for _ in 0..<min { try emit(body) }
    guard let max else {
      let slot = slotCount
      slotCount += 1
      let start = instructions.count
      instructions.append(.match)
      instructions.append(.mark(slot))
      try emit(body)
      let check = instructions.count
      instructions.append(.match)
      instructions.append(.jump(start))
      instructions[start] = split(start + 1, instructions.count)
      instructions[check] = .exitIfEmpty(slot, to: instructions.count)
      return
    }
    var splits: [Int] = []
    for _ in min..<Swift.max(min, max) {
      splits.append(instructions.count)
      instructions.append(.match)
      try emit(body)
    }
    for index in splits { instructions[index] = split(index + 1, instructions.count) }
  }
}
