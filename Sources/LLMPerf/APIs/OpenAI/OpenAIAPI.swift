/// OpenAI's chat completions and text completions, as OpenAI, vLLM, llama.cpp, SGLang and most gateways speak them.
///
/// Which of the two it is follows from the path: `…/completions` without `chat` is text completion. A path without an
/// endpoint (empty, `/` or ending in `/v1`) becomes that of chat completions.
public struct OpenAIAPI: APIPlugin {
  private let options: APIOptions
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]
  private let asksUsage: Bool
  private let choicesAsked: Int

  /// The template when `--query-template` is not given. What is sent then asks for token counts in the stream besides;
  /// see `withoutUsageRequest()`.
  public static let defaultTemplate =
    #"{"model": "%m", "messages": [{"role": "user","content": "%p"}], "stream": true}"#
  /// What is sent when `--query-template` is not given.
  package static let usualTemplate =
    #"{"model": "%m", "messages": [{"role": "user", "content": "%p"}], "stream": true, "#
    + #""stream_options": {"include_usage": true}}"#
  static let defaultCompletionTemplate = #"{"model": "%m", "prompt": "%p", "stream": true}"#

  /// The protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    try self.init(options, asksUsage: options.template == nil)
  }

  private init(_ options: APIOptions, asksUsage: Bool) throws {
    self.options = options
    self.asksUsage = asksUsage
    path = EndpointPath.resolve(options.path, standard: "/v1/chat/completions")
    let fallback = Self.isTextCompletion(path) ? Self.defaultCompletionTemplate : Self.defaultTemplate
    let template = try QueryTemplate(options.template ?? fallback, model: options.model)
    self.template = asksUsage ? template.askingUsage() : template
    choicesAsked = template.json["n"]?.intValue ?? 1
    headers = [HTTPHeader].bearer(options)
  }

  public func withoutUsageRequest() throws -> (any APIPlugin)? {
    asksUsage ? try OpenAIAPI(options, asksUsage: false) : nil
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    reading.choicesAsked = choicesAsked
    return OpenAIEventReader.read(event, into: &reading)
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    OpenAIBodyReader.read(body, into: &reading)
  }

  static func isTextCompletion(_ path: String) -> Bool {
    let endpoint = path.prefix { $0 != "?" }
    return endpoint.hasSuffix("/completions") && !endpoint.hasSuffix("/chat/completions")
      || endpoint.hasSuffix("/completion")
  }
}

extension QueryTemplate {
  /// The template with `"stream_options": {"include_usage": true}`, for a stream that brings its token counts.
  fileprivate func askingUsage() -> QueryTemplate {
    adding(JSON.Member("stream_options", ["include_usage": true]))
  }
}
