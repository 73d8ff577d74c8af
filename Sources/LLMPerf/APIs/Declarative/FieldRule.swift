/// What a value at some place of an event or answer means.
struct FieldRule: Sendable {
  /// What a value stands for.
  enum Meaning: Sendable, Hashable {
    case text, reasoning, tools
    case inputTokens, outputTokens, reasoningTokens, cachedTokens
    case finish, error, end
    /// The elements of an array are the inputs that were handled.
    case inputs
    /// The type of an event.
    case type
  }

  var meaning: Meaning
  /// Where the value lies; nil when the event's type alone says it.
  var pointer: JSONPointer?
  /// The types of events it holds for; empty for all.
  var types: [String] = []
  /// A count that is added to the other ones of the same meaning.
  var isSummand = false
  /// The value that it must have; nil for any but null and false (and, of an error, what says
  /// nothing: empty strings, lists and objects, 0).
  var equals: JSON?
}

/// The rules of a stream's events, or of plain answers.
struct FieldRules: Sendable {
  let rules: [FieldRule]
  /// Finish reasons that say nothing, and such that are failures.
  let ignoredReasons: [String]
  let failedReasons: [String]
  private let tree: FieldTree
  private let located: [FieldRule]
  /// The rules that hold by an event's type alone.
  private let unlocated: [FieldRule]
  /// Whether an event's type is in its data, so that equal data means the same.
  let dataDecides: Bool

  init(_ rules: [FieldRule], ignoredReasons: [String] = [], failedReasons: [String] = []) {
    self.rules = rules
    self.ignoredReasons = ignoredReasons
    self.failedReasons = failedReasons
    located = rules.filter { $0.pointer != nil }
    unlocated = rules.filter { $0.pointer == nil }
    tree = FieldTree(located.compactMap(\.pointer))
    dataDecides = rules.contains { $0.meaning == .type } || rules.allSatisfy(\.types.isEmpty)
  }

  /// What was found in one event or answer.
  struct Findings {
    /// Each value with the rule that it is for, in the order of the text.
    var values: [(rule: FieldRule, range: Range<Int>)]
    /// The rules that hold because of the type.
    var events: [FieldRule]
  }

  /// Finds every value in `bytes` whose rule holds.
  ///
  /// - Parameter type: The type that the `event` line tells.
  func find(in bytes: UnsafeBufferPointer<UInt8>, type: ArraySlice<UInt8>) throws(JSON.ParseError) -> Findings {
    var scanner = JSONScanner(bytes)
    var found: [FieldTree.Found] = []
    try tree.walk(&scanner, &found)
    try scanner.expectEnd()
    var name = String(decoding: type, as: UTF8.self)
    for item in found where located[item.field].meaning == .type {
      if bytes[item.range.lowerBound] == UInt8(ascii: "\"") { name = scanner.string(at: item.range.inside) }
    }
    return Findings(
      values: found.compactMap { item in
        let rule = located[item.field]
        return rule.holds(for: name) && rule.meaning != .type ? (rule, item.range) : nil
      },
      events: unlocated.filter { $0.holds(for: name) })
  }

  /// The rules that hold for an event by its type alone, when its data is not JSON.
  func events(of type: ArraySlice<UInt8>) -> [FieldRule] {
    unlocated.filter { $0.holds(for: String(decoding: type, as: UTF8.self)) }
  }
}

extension FieldRule {
  func holds(for type: String) -> Bool { types.isEmpty || types.contains(type) }
}

extension Range<Int> {
  /// The range of a string's inside, from that of the string with its quotation marks.
  var inside: Range<Int> { lowerBound + 1..<Swift.max(lowerBound + 1, upperBound - 1) }
}
