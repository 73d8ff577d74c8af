import LLMPerf

/// Puts the events of a document together to the JSON that it stands for.
struct YAMLComposer {
  /// A value and what its document says of it.
  private struct Node {
    var json: JSON
    /// The characters of a scalar, which is what it is as a key.
    var text: String?
    /// Values in it, itself among them, with aliases written out.
    var count = 1
    var line: Int
  }

  /// Aliases are written out, so a few lines can stand for a great many values.
  private static let mostValues = 99_999
  /// Collections in each other; each costs a part of the stack, here and wherever the JSON is walked.
  private static let mostLevels = 1000

  private let reader: YAMLReader
  private var anchors: [String: Node] = [:]
  private var level = 0
  /// What is well written and still no JSON. A mistake of writing behind it is told instead: it may be the cause.
  private var refusal: YAMLError?

  init(_ reader: YAMLReader) { self.reader = reader }

  /// The value of the one document; nil when there is none.
  mutating func document() throws(YAMLError) -> JSON? {
    _ = try reader.next()
    guard case .documentStart = try reader.next().kind else { return nil }
    let node = try node(from: reader.next())
    _ = try reader.next()
    let end = try reader.next()
    guard case .streamEnd = end.kind else {
      throw YAMLError.mistake("expected a single document in the stream, but found another document", line: end.line)
    }
    if let refusal { throw refusal }
    return node.json
  }

  private mutating func node(from event: YAMLEvent) throws(YAMLError) -> Node {
    let node: Node
    switch event.kind {
    case .alias(let name):
      guard let known = anchors[name] else { throw YAMLError.mistake("found undefined alias", line: event.line) }
      return known
    case .scalar(let text, let isPlain):
      node = Node(json: isPlain ? Self.value(text) : .string(text), text: text, line: event.line)
    case .mappingStart: node = try mapping(from: event)
    default: node = try sequence(from: event)
    }
    // What an anchor names is known behind it only, so nothing can stand for itself.
    if let anchor = event.anchor { anchors[anchor] = node }
    return node
  }

  private mutating func sequence(from start: YAMLEvent) throws(YAMLError) -> Node {
    try enter(start)
    defer { level -= 1 }
    var elements: [JSON] = []
    var count = 1
    while true {
      let event = try reader.next()
      if case .sequenceEnd = event.kind { break }
      let element = try node(from: event)
      add(element, to: &count)
      elements.append(element.json)
    }
    return Node(json: .array(elements), count: count, line: start.line)
  }

  private mutating func mapping(from start: YAMLEvent) throws(YAMLError) -> Node {
    try enter(start)
    defer { level -= 1 }
    var members = YAMLMembers()
    var count = 1
    while true {
      let event = try reader.next()
      if case .mappingEnd = event.kind { break }
      let key = try node(from: event)
      if key.text == nil { refuse(.mistake("a key must be a text", line: key.line)) }
      let value = try node(from: reader.next())
      add(value, to: &count)
      if let name = key.text { members.add(name, value.json, line: key.line) }
    }
    return Node(json: .object(try members.all()), count: count, line: start.line)
  }

  private mutating func enter(_ event: YAMLEvent) throws(YAMLError) {
    level += 1
    guard level <= Self.mostLevels else {
      throw YAMLError.mistake("more than \(Self.mostLevels) lists and mappings in each other", line: event.line)
    }
  }

  private mutating func add(_ node: Node, to count: inout Int) {
    count = min(count + node.count, Self.mostValues + 1)
    if count > Self.mostValues { refuse(.tooManyValues) }
  }

  private mutating func refuse(_ error: YAMLError) { refusal = refusal ?? error }

  /// What a plain scalar stands for.
  private static func value(_ text: String) -> JSON {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default:
      guard case .number(let number)? = try? JSON(text) else { return .string(text) }
      return .number(number)
    }
  }
}
