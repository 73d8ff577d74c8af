/// A protocol as a file describes it, checked and ready for use.
struct DeclarativeSpec: Sendable {
  var path: String
  var headers: [HTTPHeader]
  var template: JSON
  /// The environment variables that may hold the key.
  var keyVariables: [String]
  /// The text of the data that ends a stream and is no JSON.
  var doneMarker: String?
  var isCumulative: Bool
  var stream: FieldRules
  var answer: FieldRules

  private static let keys = ["path", "headers", "template", "key", "stream", "answer"]
  private static let answerKeys = ["text", "reasoning", "tools", "usage", "finish", "error", "end", "inputs"]
  private static let streamKeys = answerKeys + ["type", "done", "cumulative"]

  /// Reads a description.
  ///
  /// - Throws: `UsageError` that names the key and what it may be.
  init(_ json: JSON, source: String) throws(UsageError) {
    let root = try SpecReader(json, at: "", keys: Self.keys, source: source)
    guard let path = try root.text("path"), path.hasPrefix("/") else {
      throw UsageError("\(source): path must be the path of the service's endpoint, such as /v1/messages")
    }
    self.path = path
    headers = []
    if let value = root["headers"] {
      guard let members = value.members else { throw root.wrong("headers", value, expected: "a mapping") }
      let reader = try root.element(value, of: "headers", keys: members.map(\.key))
      for member in members { headers.append(HTTPHeader(member.key, try reader.text(member.key) ?? "")) }
    }
    template = try Self.template(root, source: source)
    keyVariables = try root.texts("key")
    let stream = try root.mapping("stream", keys: Self.streamKeys)
    let answer = try root.mapping("answer", keys: Self.answerKeys)
    guard stream != nil || answer != nil else {
      throw UsageError("\(source): a protocol needs stream or answer, to say where its output is found")
    }
    doneMarker = try stream?.text("done")
    isCumulative = try stream?.flag("cumulative") ?? false
    self.stream = try stream.map(Self.rules) ?? FieldRules([])
    self.answer = try answer.map(Self.rules) ?? FieldRules([])
  }

  /// The template: a mapping, or its JSON as a text.
  private static func template(_ root: SpecReader, source: String) throws(UsageError) -> JSON {
    guard let value = root["template"] else {
      throw UsageError(
        "\(source): template is missing: the request's body, with %m for the model and %p for the prompt")
    }
    if case .object = value { return value }
    guard let text = value.stringValue, case .object(let members)? = try? JSON(toSend: text.utf8) else {
      throw root.wrong("template", value, expected: "a mapping, or a JSON object as a text")
    }
    return .object(members)
  }

  private static func rules(_ section: SpecReader) throws(UsageError) -> FieldRules {
    var rules: [FieldRule] = []
    let fields: [(String, FieldRule.Meaning)] = [
      ("text", .text), ("reasoning", .reasoning), ("tools", .tools), ("error", .error), ("end", .end),
      ("inputs", .inputs), ("type", .type),
    ]
    for (key, meaning) in fields { rules += try places(section, key, meaning) }
    if let usage = try section.mapping("usage", keys: ["input", "output", "reasoning", "cached"]) {
      let counts: [(String, FieldRule.Meaning)] = [
        ("input", .inputTokens), ("output", .outputTokens), ("reasoning", .reasoningTokens), ("cached", .cachedTokens),
      ]
      for (key, meaning) in counts { rules += try places(usage, key, meaning) }
    }
    var ignored: [String] = []
    var failed: [String] = []
    if let value = section["finish"] {
      if case .object = value {
        let finish = try section.element(value, of: "finish", keys: ["at", "event", "ignore", "fail"])
        ignored = try finish.texts("ignore")
        failed = try finish.texts("fail")
        rules += try located(finish, .finish)
      } else {
        rules += try places(section, "finish", .finish)
      }
    }
    return FieldRules(rules, ignoredReasons: ignored, failedReasons: failed)
  }

  /// The rules of `key`: a pointer, a mapping with more about it, or a list of these.
  private static func places(
    _ section: SpecReader, _ key: String, _ meaning: FieldRule.Meaning
  ) throws(UsageError) -> [FieldRule] {
    guard let value = section[key] else { return [] }
    var rules: [FieldRule] = []
    for place in value.arrayValue ?? [value] {
      if case .object = place {
        let keys = meaning.isCount ? ["at", "event", "sum"] : ["at", "event", "equals"]
        rules += try located(section.element(place, of: key, keys: keys), meaning)
      } else {
        rules.append(FieldRule(meaning: meaning, pointer: try pointer(place, section, key)))
      }
    }
    return rules
  }

  private static func located(_ reader: SpecReader, _ meaning: FieldRule.Meaning) throws(UsageError) -> [FieldRule] {
    var rule = FieldRule(meaning: meaning)
    rule.types = try reader.texts("event")
    rule.equals = reader["equals"]
    let sum = reader["sum"]
    rule.isSummand = sum != nil
    guard let value = reader["at"] ?? sum else {
      guard !rule.types.isEmpty, meaning == .end || meaning == .error else {
        throw UsageError("\(reader.inside("at")) is missing: where the value is found, such as /delta/text")
      }
      return [rule]
    }
    var rules: [FieldRule] = []
    for place in value.arrayValue ?? [value] {
      rule.pointer = try pointer(place, reader, "at")
      rules.append(rule)
    }
    return rules
  }

  private static func pointer(_ value: JSON, _ reader: SpecReader, _ key: String) throws(UsageError) -> JSONPointer {
    guard let text = value.stringValue, let pointer = JSONPointer(text) else {
      throw reader.wrong(key, value, expected: "a JSON pointer such as /choices/*/delta/content")
    }
    return pointer
  }
}

extension FieldRule.Meaning {
  /// Whether it is a number of tokens.
  fileprivate var isCount: Bool {
    switch self {
    case .inputTokens, .outputTokens, .reasoningTokens, .cachedTokens: true
    default: false
    }
  }
}
