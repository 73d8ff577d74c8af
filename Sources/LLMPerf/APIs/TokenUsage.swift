/// Token counts of one response. A count is nil when it is not known, never 0 for that reason.
///
/// Every count is a whole number from 0 to 2⁵³, whoever sets it: anything else is no count, and leaves nil behind.
public struct TokenUsage: Sendable {
  /// No count is larger: up to here every whole number is exact in a `Double` too, and sums of many fit into 64 bits.
  public static let largestCount = 1 << 53

  /// Tokens of the prompt, cached ones included.
  public var input: Int? {
    didSet { input = accepted(input) }
  }
  /// Tokens generated, reasoning included.
  public var output: Int? {
    didSet {
      output = accepted(output)
      outputStatements += 1
    }
  }
  /// Reasoning tokens, a part of `output`. A hint: some servers report 0 for an answer that is all reasoning.
  public var reasoning: Int? {
    didSet { reasoning = accepted(reasoning) }
  }
  /// Tokens of the prompt that were found in the server's cache, a part of `input`.
  public var cached: Int? {
    didSet { cached = accepted(cached) }
  }

  /// How often `output` was set: whether an event stated it shows even when it stated the same again.
  package private(set) var outputStatements = 0
  /// Whether a number was left out since it can be no count.
  package private(set) var leftOut = false

  /// Counts; nil where unknown.
  public init(input: Int? = nil, output: Int? = nil, reasoning: Int? = nil, cached: Int? = nil) {
    self.input = accepted(input)
    self.output = accepted(output)
    self.reasoning = accepted(reasoning)
    self.cached = accepted(cached)
  }

  private mutating func accepted(_ count: Int?) -> Int? {
    guard let count else { return nil }
    if 0...Self.largestCount ~= count { return count }
    leftOut = true
    return nil
  }

  /// Takes what a service states; a count that it does not mention stays, one that can be none goes.
  package mutating func take(_ stated: StatedUsage) {
    if let count = taken(stated.input) { input = count }
    if let count = taken(stated.output) { output = count }
    if let count = taken(stated.reasoning) { reasoning = count }
    if let count = taken(stated.cached) { cached = count }
  }

  /// The new value that a statement asks for; nil for none.
  private mutating func taken(_ stated: StatedCount) -> Int?? {
    switch stated {
    case .absent: return nil
    case .count(let count): return .some(count)
    case .refused:
      leftOut = true
      return .some(nil)
    }
  }

  /// Leaves a count out that contradicts what else is known.
  package mutating func leaveOut(_ count: WritableKeyPath<TokenUsage, Int?>) {
    self[keyPath: count] = nil
    leftOut = true
  }
}

/// Usages are equal when their counts are.
extension TokenUsage: Hashable {
  public static func == (lhs: TokenUsage, rhs: TokenUsage) -> Bool {
    lhs.input == rhs.input && lhs.output == rhs.output && lhs.reasoning == rhs.reasoning && lhs.cached == rhs.cached
  }

  public func hash(into hasher: inout Hasher) {
    for count in [input, output, reasoning, cached] { hasher.combine(count) }
  }
}
