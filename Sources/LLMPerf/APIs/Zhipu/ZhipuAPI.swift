/// Zhipu's chat completions (BigModel, Z.ai): version 4, and version 3 when the path says so.
///
/// A key of the form `ID.SECRET` signs a token for each request; any other key is sent as it is.
public struct ZhipuAPI: APIPlugin {
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]
  private let token: ZhipuToken?
  private let isVersion3: Bool
  private let isIncremental: Bool

  /// The template of version 4 when `--query-template` is not given.
  public static let defaultTemplate =
    #"{"model": "%m", "messages": [{"role": "user", "content": "%p"}], "stream": true}"#
  static let defaultVersion3Template = #"{"prompt": [{"role": "user", "content": "%p"}], "incremental": true}"#

  /// The protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    try self.init(options, now: ZhipuToken.wallClock)
  }

  /// The protocol with a clock of its own: milliseconds since 1970.
  package init(_ options: APIOptions, now: @escaping @Sendable () -> Int64) throws {
    path = Self.endpoint(options)
    isVersion3 = path.contains("/v3/")
    let fallback = isVersion3 ? Self.defaultVersion3Template : Self.defaultTemplate
    template = try QueryTemplate(options.template ?? fallback, model: options.model)
    isIncremental = template.json["incremental"]?.boolValue ?? false
    let isSigned = options.headers[field: "Authorization"] == nil
    token = isSigned ? options.apiKey.flatMap { ZhipuToken(key: $0, now: now) } : nil
    var base = options
    if token != nil { base.apiKey = nil }
    var headers = [HTTPHeader].bearer(base)
    // Version 3 wants the token alone, without the word before it.
    if isVersion3, token == nil, isSigned, let key = options.apiKey { headers.set("Authorization", key) }
    self.headers = headers
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    var headers = headers
    if let token {
      let current = token.current()
      headers.set("Authorization", isVersion3 ? current : "Bearer \(current)")
    }
    return APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public var requestLifetime: Duration? { token == nil ? nil : ZhipuToken.leftAtBuilding }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    if isVersion3 { return ZhipuVersion3.read(event, isIncremental: isIncremental, into: &reading) }
    let meaning = OpenAIEventReader.read(event, into: &reading)
    return Self.failIfCutOff(&reading) ? meaning.union(.error) : meaning
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    if isVersion3 { return ZhipuVersion3.read(body: body, into: &reading) }
    OpenAIBodyReader.read(body, into: &reading)
    _ = Self.failIfCutOff(&reading)
  }

  /// Two finish reasons are failures: what came is not the answer.
  private static func failIfCutOff(_ reading: inout ResponseReading) -> Bool {
    guard reading.error == nil, let reason = reading.finishReason, reason == "sensitive" || reason == "network_error"
    else { return false }
    reading.error = ServiceError(message: "the answer ended with the finish reason \(reason)")
    return true
  }

  /// Version 3 has the model in its path.
  private static func endpoint(_ options: APIOptions) -> String {
    let path = options.path
    guard path.hasSuffix("/v3/model-api") || path.hasSuffix("/v3/model-api/") else {
      return Endpoint.path(path, standard: "/api/paas/v4/chat/completions")
    }
    return path + (path.hasSuffix("/") ? "" : "/") + options.model + "/sse-invoke"
  }
}
