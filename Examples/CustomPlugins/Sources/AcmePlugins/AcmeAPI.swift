public import LLMPerf

/// The protocol of Acme's service. It takes `{"engine": …, "ask": …}` and streams events of this form:
///
///     data: {"say": "Hel"}
///     data: {"say": "lo"}
///     data: {"done": "stop", "tokens": {"in": 3, "out": 2}}
///
/// An error is `{"fault": "text"}`, instead of an event or of the whole answer.
public struct AcmeAPI: APIPlugin {
  private let template: QueryTemplate
  private let path: String?
  private let headers: [HTTPHeader]

  /// The protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    let fallback = #"{"engine": "%m", "ask": "%p", "stream": true}"#
    template = try QueryTemplate(options.template ?? fallback, model: options.model)
    path = options.path == "/" ? "/ask" : nil
    var own = [HTTPHeader("Content-Type", "application/json")]
    if let key = options.apiKey { own.append(HTTPHeader("X-Acme-Key", key)) }
    headers = own.overridden(by: options.headers)
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    read(event.data, into: &reading)
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    _ = read(body, into: &reading)
  }

  /// An event and a plain answer have the same form.
  private func read(_ data: ArraySlice<UInt8>, into reading: inout ResponseReading) -> EventMeaning {
    guard let json = try? JSON(parsing: data) else {
      if reading.malformed == nil { reading.malformed = data }
      return .bookkeeping
    }
    if let fault = json["fault"]?.stringValue {
      reading.error = ServiceError(message: fault)
      return .error
    }
    var meaning = EventMeaning.bookkeeping
    if let text = json["say"]?.stringValue, !text.isEmpty {
      reading.text += Array(text.utf8)
      meaning.insert(.output)
    }
    reading.usage.input = json["tokens"]?["in"]?.intValue ?? reading.usage.input
    reading.usage.output = json["tokens"]?["out"]?.intValue ?? reading.usage.output
    if let reason = json["done"]?.stringValue {
      reading.finishReason = reason
      meaning.insert(.end)
    }
    return meaning
  }
}
