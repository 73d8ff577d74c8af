public import LLMPerf

/// A protocol that a user's Python file registers with `@register_api`.
///
/// The file builds the requests and counts the tokens. Text, first token and success are read here, in whatever known
/// form the answer comes; see `PythonResponseReader`. Requests go to the path of `--url` as it is, with
/// `Content-Type: application/json`, the key as a bearer token and the user's headers. The processes end with the last
/// copy of this value.
public struct PythonAPI: APIPlugin {
  private let workers: PluginWorkers
  private let path: String
  private let headers: [HTTPHeader]
  private let reader: PythonResponseReader

  init(_ workers: PluginWorkers, options: APIOptions) throws {
    self.workers = workers
    path = options.path
    var own = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "*/*")]
    if let key = options.apiKey { own.append(HTTPHeader("Authorization", "Bearer \(key)")) }
    headers = own.overridden(by: options.headers)
    reader = try PythonResponseReader()
  }

  /// Ends the plugin's processes at once. Calls that wait for them, and later ones, throw.
  public func stop() { workers.stop() }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    try makeRequests(for: [prompt])[0]
  }

  public func makeRequests(for prompts: [Prompt]) throws -> [APIRequest] {
    let items = prompts.map { prompt in
      switch prompt.content {
      case .json(let json) where JSONElements.isValue(json): json
      case .json(let bytes), .text(let bytes): JSONElements.string(bytes)
      }
    }
    let bodies = try workers.call(.build, of: "build_request", items.map { PluginOrder.Item(json: $0) })
    return bodies.map { APIRequest(path: path, headers: headers, body: Array($0)) }
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    reader.read(event, into: &reading)
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    reader.read(body: body, into: &reading)
  }

  public var finishesResponses: Bool { true }

  /// Has `parse_responses` count the tokens of `responses`.
  ///
  /// Responses with an error of the service and empty ones have nothing to count. An exception counts for nothing when
  /// the response broke off: the request has failed then, and the plugin need not understand half an answer.
  ///
  /// - Throws: `UsageError` when the plugin raises an exception for a whole response, or returns what are no counts.
  public func finish(_ responses: inout [FinishedResponse]) throws {
    let readable = responses.indices.filter { responses[$0].reading.error == nil && !responses[$0].messages.isEmpty }
    guard !readable.isEmpty else { return }
    let answers = try workers.call(.parse, of: "parse_responses", readable.map { Self.item(responses[$0]) })
    for (index, answer) in zip(readable, answers) {
      if answer.first == UInt8(ascii: "[") {
        try Self.accept(answer, for: &responses[index])
      } else if responses[index].isWhole {
        throw PluginFault(answer).error(workers.name)
      }
    }
  }

  /// `[request, [length of a message, …]]`, and the messages.
  private static func item(_ response: FinishedResponse) -> PluginOrder.Item {
    var json: [UInt8] = [UInt8(ascii: "[")]
    json += JSONElements.isValue(response.request) ? response.request : JSONElements.string(response.request)
    json += ",[".utf8
    for (position, message) in response.messages.enumerated() {
      if position > 0 { json.append(UInt8(ascii: ",")) }
      json += String(message.count).utf8
    }
    json += "]]".utf8
    return PluginOrder.Item(json: json, attached: response.messages)
  }

  private static func accept(_ counts: ArraySlice<UInt8>, for response: inout FinishedResponse) throws {
    let counts = try JSON(parsing: counts)
    var stated = StatedUsage()
    stated.input = StatedCount(counts[0])
    stated.output = StatedCount(counts[1])
    response.reading.usage.take(stated)
    // An answer in a form of its own has no end that could be known here: it is whole when its bytes came to their end
    // and the plugin can read it.
    guard response.isComplete, response.reading.endIsProof else { return }
    response.reading.sawEnd = true
    if let text = response.reading.malformed, response.isPlain, response.reading.text.isEmpty {
      response.reading.text = Array(text)
    }
    response.reading.malformed = nil
  }
}

extension FinishedResponse {
  /// Whether nothing seems to be missing or broken, so that a plugin should be able to read it.
  fileprivate var isWhole: Bool {
    isComplete && reading.malformed == nil && (reading.endIsProof || reading.sawEnd || reading.finishReason != nil)
  }
}
