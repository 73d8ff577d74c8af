/// An error that the service reported in its own words.
public struct ServiceError: Sendable, Hashable {
  /// The service's text, one line where possible.
  public var message: String
  /// The status that the service gives inside the response, where it does.
  public var status: Int?

  /// An error in the service's words.
  public init(message: String, status: Int? = nil) {
    self.message = message
    self.status = status
  }
}

extension ServiceError {
  /// The value of an `error` member: an object with a message, or a string.
  package init(openAI value: JSON) {
    let words = value["message"] ?? value["msg"] ?? value["error_msg"]
    let parts = [value["type"]?.stringValue, words?.stringValue ?? value.stringValue].compactMap(\.self)
    message = parts.isEmpty ? value.description : parts.joined(separator: ": ")
    status = value["code"]?.intValue
  }

  /// The error in a body or an event, in any form that services use; nil when there is none.
  package init?(body json: JSON) {
    if let error = json["error"], !error.saysNothing {
      self.init(openAI: error)
    } else if json["object"]?.stringValue == "error" || json["type"]?.stringValue == "error" {
      self.init(openAI: json)
    } else if json["success"]?.boolValue == false {
      self.init(
        message: (json["msg"] ?? json["message"])?.stringValue ?? json.description, status: json["code"]?.intValue)
    } else if let error = Self(codeOf: json) {
      self = error
    } else if let errors = json["errors"], !errors.saysNothing {
      self.init(openAI: errors[0] ?? errors)
    } else if let error = json["Error"], !error.saysNothing {
      self.init(openAI: error)
    } else if let error = Self(stateOf: json) {
      self = error
    } else {
      return nil
    }
  }

  /// Words by which services say in `object`, `type` or `status` that something failed.
  static let failureWords: Set = ["error", "Error", "ERROR", "fail", "failed", "failure", "FAILED"]
  /// No longer word has to be looked up; most events say `chat.completion.chunk`.
  static let longestFailureWord = 7

  /// An error that is words alone, or words and a state beside them. An answer has choices, and words of its own.
  private init?(stateOf json: JSON) {
    guard json["choices"]?.arrayValue?.isEmpty ?? true else { return nil }
    if let words = ["error_message", "error_msg", "errorMessage"].lazy.compactMap({ json[$0]?.stringValue }).first,
      !JSON.string(words).saysNothing
    {
      self.init(message: words)
      return
    }
    let status = json["status"]?.intValue
    let hasFailed = json["status"]?.stringValue.map(Self.failureWords.contains) ?? status.map { 400..<600 ~= $0 }
    guard hasFailed ?? false, let words = (json["message"] ?? json["msg"] ?? json["detail"])?.stringValue else {
      return nil
    }
    self.init(message: words, status: status)
  }

  /// An error that is a code and words, beside each other and under one of several names.
  private init?(codeOf json: JSON) {
    for name in ["error_code", "errorCode", "err_code"] {
      if let code = json[name], Self.isFailure(code) {
        let words = ["error_msg", "error_message", "errorMessage", "err_msg"].lazy.compactMap { json[$0] }.first
        self.init(code: code, words, json)
        return
      }
    }
    if let reply = json["base_resp"], let code = reply["status_code"], Self.isFailure(code) {
      self.init(code: code, reply["status_msg"], reply)
      return
    }
    // Plain names stand in answers too, with codes for success of many kinds: there must be nothing else.
    guard let code = json["code"], Self.isFailure(code), let words = json["message"] ?? json["msg"],
      let members = json.members, members.allSatisfy({ Self.plainNames.contains($0.key) || $0.value.saysNothing })
    else { return nil }
    self.init(code: code, words, json)
  }

  private static let plainNames: Set = [
    "code", "message", "msg", "status", "type", "param", "success", "object", "id", "request_id", "requestId",
    "trace_id", "traceId", "timestamp", "path", "detail", "details",
  ]

  private init(code: JSON, _ words: JSON?, _ whole: JSON) {
    let text = words?.stringValue ?? whole.description
    if let status = code.intValue ?? code.stringValue.flatMap({ Int($0) }) {
      self.init(message: text, status: status)
    } else {
      self.init(message: [code.stringValue, text].compactMap(\.self).joined(separator: ": "))
    }
  }

  /// The error in a line of an event stream that is no field of one: an object, or an `error` field of its own.
  init?(strayLine line: ArraySlice<UInt8>) {
    if line.first == UInt8(ascii: "{") {
      guard let json = try? JSON(parsing: line) else { return nil }
      self.init(body: json)
      return
    }
    let text = String(decoding: line.dropFirst("error:".utf8.count).drop { $0 == 0x20 }, as: UTF8.self)
    let value = (try? JSON(text)) ?? .string(text)
    guard !value.saysNothing else { return nil }
    self = Self(body: value) ?? Self(openAI: value)
  }

  /// Whether a code says that something failed: services write 0, 200, or a word for success.
  package static func isFailure(_ code: JSON) -> Bool {
    if code.saysNothing || code.intValue == 200 { return false }
    return code.stringValue.map { !["0", "200", "ok", "success"].contains($0.lowercased()) } ?? true
  }
}

extension JSON {
  /// Whether the value of an `error` member means that there is no error.
  package var saysNothing: Bool {
    switch self {
    case .null: true
    case .bool(let flag): !flag
    case .number(let text): Double(text) == 0
    case .string(let text): text.allSatisfy(\.isWhitespace) || ["null", "none"].contains(text.lowercased())
    case .array(let elements): elements.allSatisfy(\.saysNothing)
    case .object(let members): members.allSatisfy(\.value.saysNothing)
    }
  }
}
