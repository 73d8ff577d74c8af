/// Embeddings: one body, no tokens generated. What counts is latency and the inputs that were embedded.
public struct OpenAIEmbeddingsAPI: APIPlugin {
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]

  /// The template when `--query-template` is not given: one input a request.
  public static let defaultTemplate = #"{"model": "%m", "input": "%p"}"#

  /// The protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    template = try QueryTemplate(options.template ?? Self.defaultTemplate, model: options.model)
    path = EndpointPath.resolve(options.path, standard: "/v1/embeddings")
    headers = [HTTPHeader].bearer(options)
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    event.isError ? reading.fail(event.data) : .bookkeeping
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    ResultListReader.read(body, lists: ["data", "embeddings"], into: &reading)
  }
}
