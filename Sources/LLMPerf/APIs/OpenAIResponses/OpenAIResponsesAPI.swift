/// OpenAI's Responses, as OpenAI, llama.cpp, vLLM and gateways speak them.
public struct OpenAIResponsesAPI: APIPlugin {
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]

  /// The template when `--query-template` is not given.
  public static let defaultTemplate = #"{"model": "%m", "input": "%p", "stream": true, "store": false}"#

  /// The protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    template = try QueryTemplate(options.template ?? Self.defaultTemplate, model: options.model)
    path = EndpointPath.resolve(options.path, standard: "/v1/responses")
    headers = [HTTPHeader].bearer(options)
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    ResponsesEventReader.read(event, into: &reading)
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    guard let json = reading.parse(body) else { return }
    if let error = ServiceError(body: json) {
      reading.error = error
      return
    }
    Self.read(output: json["output"], into: &reading)
    Self.read(response: json, into: &reading)
    reading.sawEnd = true
    reading.endIsProof = json["output"]?.arrayValue != nil
  }

  /// Reads `output`, with all that was generated.
  static func read(output: JSON?, into reading: inout ResponseReading) {
    for item in output?.arrayValue ?? [] { read(item: item, into: &reading) }
  }

  /// Reads one item of `output`.
  private static func read(item: JSON, into reading: inout ResponseReading) {
    let isReasoning = item["type"]?.stringValue == "reasoning"
    for part in (item["content"]?.arrayValue ?? []) + (item["summary"]?.arrayValue ?? []) {
      let text = Array((part["text"]?.stringValue ?? part["refusal"]?.stringValue ?? "").utf8)
      if isReasoning { reading.reasoning += text } else { reading.text += text }
    }
    for key in ["name", "arguments", "input"] {
      if let text = item[key]?.stringValue { reading.toolCalls += Array(text.utf8) }
    }
  }

  /// Reads what a finished `response` object says beside its output: usage, how it ended, its error.
  static func read(response: JSON, into reading: inout ResponseReading) {
    reading.usage.take(StatedUsage(response["usage"]))
    reading.finishReason =
      response["incomplete_details"]?["reason"]?.stringValue ?? response["status"]?.stringValue ?? reading.finishReason
    guard reading.error == nil else { return }
    if let error = response["error"], !error.saysNothing {
      reading.error = ServiceError(openAI: error)
    } else if let status = response["status"]?.stringValue {
      reading.error = FinishReason.error(for: status)
      if status == "queued" || status == "in_progress" {
        reading.error = ServiceError(message: "the response is still \(status): a load test needs answers, not tasks")
      }
    }
  }
}

extension [HTTPHeader] {
  /// The header fields of a JSON request with the key as bearer, and the user's over them.
  static func bearer(_ options: APIOptions, adding more: [HTTPHeader] = []) -> [HTTPHeader] {
    var own = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "*/*")] + more
    if let key = options.apiKey { own.append(HTTPHeader("Authorization", "Bearer \(key)")) }
    return own.overridden(by: options.headers)
  }
}
