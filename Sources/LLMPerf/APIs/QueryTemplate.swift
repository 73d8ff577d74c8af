/// A request body with places for the model's name and the prompt.
///
/// The template is JSON. `%m` and `%p` are replaced inside every string value at any depth, never in keys, in one pass:
/// a prompt that contains `%m` stays as it is. Key order and the text of numbers are kept. It is parsed once; a request
/// is then its fixed parts with the prompt's bytes between them.
///
/// A prompt that is an array of messages takes the place of the array called `messages` that has the `%p`.
public struct QueryTemplate: Sendable, Hashable {
  private enum Part: Hashable {
    /// Bytes as they are.
    case fixed([UInt8])
    /// The prompt, inside a string.
    case prompt
    /// The prompt in place of a whole value: as a string, or as the JSON that it is.
    case value
  }

  private var parts: [Part] = []
  /// The parts for a prompt that is a list of messages; nil when the template has no such list to replace.
  private var partsForMessages: [Part]?

  /// The template as JSON, its marks in place.
  public let json: JSON

  private let model: String

  /// Parses a template.
  ///
  /// - Parameters:
  ///   - text: The JSON text.
  ///   - model: What `%m` stands for.
  ///   - option: The option's name, for the message.
  /// - Throws: `UsageError` when the text is not a JSON object.
  public init(_ text: String, model: String, option: String = "--query-template") throws {
    let parsed: JSON
    do throws(JSON.ParseError) {
      parsed = try JSON(toSend: text.utf8)
    } catch {
      throw UsageError("\(option) is not JSON: \(error). Give a JSON object such as \(OpenAIAPI.usualTemplate)")
    }
    guard case .object = parsed else {
      throw UsageError("\(option) must be a JSON object such as \(OpenAIAPI.usualTemplate)")
    }
    self.init(parsed, model: model)
  }

  /// A template from a JSON value.
  public init(_ json: JSON, model: String) {
    self.json = json
    self.model = model
    append(json, model: Array(model.utf8))
    if let whole = json.withPromptForMessages { partsForMessages = QueryTemplate(whole, model: model).parts }
  }

  /// The template with one more member at its end.
  package func adding(_ member: JSON.Member) -> QueryTemplate {
    QueryTemplate(.object((json.members ?? []) + [member]), model: model)
  }

  /// The body for one prompt.
  public func render(_ prompt: Prompt) -> [UInt8] {
    let text = Self.escaped(prompt.bytes)
    var parts = parts
    if case .json(let json) = prompt.content, json.first == UInt8(ascii: "["), let partsForMessages {
      parts = partsForMessages
    }
    var body: [UInt8] = []
    body.reserveCapacity(Self.capacity(parts, text.count))
    for part in parts {
      switch part {
      case .fixed(let bytes): body += bytes
      case .prompt: body += text
      case .value:
        if case .json(let json) = prompt.content {
          body += json
        } else {
          body.append(UInt8(ascii: "\""))
          body += text
          body.append(UInt8(ascii: "\""))
        }
      }
    }
    return body
  }

  private static func capacity(_ parts: [Part], _ promptCount: Int) -> Int {
    parts.reduce(0) { sum, part in
      if case .fixed(let bytes) = part { sum + bytes.count } else { sum + promptCount + 2 }
    }
  }

  private mutating func append(_ value: JSON, model: [UInt8]) {
    switch value {
    case .object(let members):
      fix("{")
      for (position, member) in members.enumerated() {
        if position > 0 { fix(", ") }
        fix(JSON.string(member.key).utf8())
        fix(": ")
        append(member.value, model: model)
      }
      fix("}")
    case .array(let elements):
      fix("[")
      for (position, element) in elements.enumerated() {
        if position > 0 { fix(", ") }
        append(element, model: model)
      }
      fix("]")
    case .string("%p"): parts.append(.value)
    case .string(let text): append(string: Array(text.utf8), model: model)
    case .null, .bool, .number: fix(value.utf8())
    }
  }

  private mutating func append(string text: [UInt8], model: [UInt8]) {
    fix("\"")
    var start = 0
    var offset = 0
    while offset + 1 < text.count {
      let mark = text[offset + 1]
      guard text[offset] == UInt8(ascii: "%"), mark == UInt8(ascii: "m") || mark == UInt8(ascii: "p") else {
        offset += 1
        continue
      }
      fix(Self.escaped(Array(text[start..<offset])))
      if mark == UInt8(ascii: "m") { fix(Self.escaped(model)) } else { parts.append(.prompt) }
      offset += 2
      start = offset
    }
    fix(Self.escaped(Array(text[start...])))
    fix("\"")
  }

  private mutating func fix(_ text: String) { fix(Array(text.utf8)) }

  private mutating func fix(_ bytes: [UInt8]) {
    guard case .fixed(var before)? = parts.last else { return parts.append(.fixed(bytes)) }
    // Taken out first, so that it grows in place: a template may have a great many values.
    parts.removeLast()
    before += bytes
    parts.append(.fixed(before))
  }

  private static func escaped(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 16)
    text.withUnsafeBufferPointer { JSONString.encode($0, into: &output) }
    return output
  }
}

extension JSON {
  /// The value with `%p` in place of the arrays called `messages` that contain it; nil when there is none.
  fileprivate var withPromptForMessages: JSON? {
    guard case .object(var members) = self else { return nil }
    var isFound = false
    for (position, member) in members.enumerated() {
      if member.key == "messages", member.value.arrayValue != nil, member.value.containsPrompt {
        members[position].value = "%p"
        isFound = true
      } else if let value = member.value.withPromptForMessages {
        members[position].value = value
        isFound = true
      }
    }
    return isFound ? .object(members) : nil
  }

  private var containsPrompt: Bool {
    switch self {
    case .string(let text): text.contains("%p")
    case .array(let elements): elements.contains(where: \.containsPrompt)
    case .object(let members): members.contains { $0.value.containsPrompt }
    case .null, .bool, .number: false
    }
  }
}
