/// OpenAI's chat completions and text completions, as OpenAI, vLLM, llama.cpp, SGLang and most gateways speak them.
///
/// Which of the two it is follows from the path: `…/completions` without `chat` is text completion. A path without an
/// endpoint (empty, `/` or ending in `/v1`) becomes that of chat completions.
public struct OpenAIAPI: APIPlugin {
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]

  /// The template when `--query-template` is not given.
  public static let defaultTemplate =
    #"{"model": "%m", "messages": [{"role": "user","content": "%p"}], "stream": true}"#
  static let defaultCompletionTemplate = #"{"model": "%m", "prompt": "%p", "stream": true}"#

  /// The protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    path = Self.endpoint(options.path)
    let fallback = Self.isTextCompletion(path) ? Self.defaultCompletionTemplate : Self.defaultTemplate
    template = try QueryTemplate(options.template ?? fallback, model: options.model)
    var own = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "*/*")]
    if let key = options.apiKey { own.append(HTTPHeader("Authorization", "Bearer \(key)")) }
    headers = own.overridden(by: options.headers)
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    if event.data.first != UInt8(ascii: "{"), event.data.isDoneMarker {
      reading.sawEnd = true
      return [.end, .sentinel]
    }
    var meaning = event.data.withUnsafeBufferPointer { data in
      OpenAIEventReader.read(data, of: event.data, into: &reading)
    }
    if event.name.elementsEqual("error".utf8) {
      if reading.error == nil { reading.error = ServiceError(message: String(decoding: event.data, as: UTF8.self)) }
      meaning.insert(.error)
    }
    return meaning
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    OpenAIBodyReader.read(body, into: &reading)
  }

  static func endpoint(_ path: String) -> String {
    var trimmed = path[...]
    while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
    if trimmed.isEmpty { return "/v1/chat/completions" }
    return trimmed.hasSuffix("/v1") ? trimmed + "/chat/completions" : path
  }

  static func isTextCompletion(_ path: String) -> Bool {
    let endpoint = path.prefix { $0 != "?" }
    return endpoint.hasSuffix("/completions") && !endpoint.hasSuffix("/chat/completions")
      || endpoint.hasSuffix("/completion")
  }
}

extension ArraySlice<UInt8> {
  /// Whether these are the bytes of `[DONE]`, white space around them aside.
  package var isDoneMarker: Bool {
    let trimmed = drop { $0 <= 0x20 }
    guard trimmed.starts(with: "[DONE]".utf8) else { return false }
    return trimmed.dropFirst(6).allSatisfy { $0 <= 0x20 }
  }
}
