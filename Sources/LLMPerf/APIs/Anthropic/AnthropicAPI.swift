/// Anthropic's Messages, as Anthropic, llama.cpp, vLLM and gateways speak them.
public struct AnthropicAPI: APIPlugin {
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]

  /// The template when `--query-template` is not given. `max_tokens` is required by this protocol.
  public static let defaultTemplate =
    #"{"model": "%m", "max_tokens": \#(defaultLimit), "messages": [{"role": "user", "content": "%p"}], "stream": true}"#

  /// The tokens that an answer may have by the default template: the protocol wants a limit in every request.
  package static let defaultLimit = 1024

  /// The protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    template = try QueryTemplate(options.template ?? Self.defaultTemplate, model: options.model)
    path = EndpointPath.resolve(options.path, standard: "/v1/messages")
    var own = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "*/*")]
    own.append(HTTPHeader("anthropic-version", "2023-06-01"))
    if let key = options.apiKey { own.append(HTTPHeader("x-api-key", key)) }
    headers = own.overridden(by: options.headers)
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    AnthropicEventReader.read(event, into: &reading)
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    guard let json = reading.parse(body) else { return }
    if let error = ServiceError(body: json) {
      reading.error = error
      return
    }
    for block in json["content"]?.arrayValue ?? [] {
      reading.text += Array((block["text"]?.stringValue ?? "").utf8)
      reading.reasoning += Array((block["thinking"]?.stringValue ?? "").utf8)
      guard block["type"]?.stringValue == "tool_use" else { continue }
      reading.toolCalls += Array((block["name"]?.stringValue ?? "").utf8) + (block["input"]?.utf8() ?? [])
    }
    if let usage = json["usage"] { reading.read(usage) }
    reading.finishReason = json["stop_reason"]?.stringValue
    reading.sawEnd = true
    reading.endIsProof = json["content"]?.arrayValue != nil
  }
}
