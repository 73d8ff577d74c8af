/// DashScope's own protocol, for text and multimodal generation.
///
/// Streaming is asked for by a header, which is sent unless the template says `"stream": false` or the user sets
/// `X-DashScope-SSE`. Text may come piece by piece or repeated from the beginning; both are read.
public struct DashScopeAPI: APIPlugin {
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]
  private let asksIncremental: Bool

  /// The template when `--query-template` is not given.
  public static let defaultTemplate = #"""
    {"model": "%m", "input": {"messages": [{"role": "user", "content": "%p"}]}, \#
    "parameters": {"result_format": "message", "incremental_output": true}}
    """#
  private static let standardPath = "/api/v1/services/aigc/text-generation/generation"

  /// The protocol with the user's options; OpenAI's chat completions when the path is that of the compatible mode.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public static func make(_ options: APIOptions) throws -> any APIPlugin {
    guard !options.path.contains("/compatible-mode/") else { return try OpenAIAPI(options) }
    return try DashScopeAPI(options)
  }

  /// The native protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    template = try QueryTemplate(options.template ?? Self.defaultTemplate, model: options.model)
    path = EndpointPath.resolve(options.path, standard: Self.standardPath)
    asksIncremental = template.json["parameters"]?["incremental_output"]?.boolValue ?? false
    let isPlain = template.json["stream"]?.boolValue == false
    headers = [HTTPHeader].bearer(options, adding: isPlain ? [] : [HTTPHeader("X-DashScope-SSE", "enable")])
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    var meaning = DashScopeReader.read(event.data, asksIncremental: asksIncremental, into: &reading)
    let status = event.status
    if meaning.contains(.error) || event.isError || status ?? 200 != 200 {
      meaning.formUnion(reading.fail(event.data))
      if let status { reading.error?.status = status }
    }
    return meaning
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    let meaning = DashScopeReader.read(body, asksIncremental: true, into: &reading)
    reading.sawEnd = true
    reading.endIsProof = meaning.isTokenEvent || reading.finishReason != nil
  }
}

extension ServerSentEvent {
  /// The number in a comment `HTTP_STATUS/429`.
  fileprivate var status: Int? {
    guard comment.starts(with: "HTTP_STATUS/".utf8) else { return nil }
    return Int(String(decoding: comment.dropFirst(12), as: UTF8.self))
  }
}
