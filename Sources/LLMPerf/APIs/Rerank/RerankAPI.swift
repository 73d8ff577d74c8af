/// Reranking as Jina, Cohere, vLLM and llama.cpp serve it: one body, no tokens generated. What counts is latency and the
/// documents that were scored.
public struct RerankAPI: APIPlugin {
  private let template: QueryTemplate
  private let path: String
  private let headers: [HTTPHeader]

  /// The template when `--query-template` is not given: the prompt as the query against four documents.
  public static let defaultTemplate = #"""
    {"model": "%m", "query": "%p", "documents": \#
    ["The capital of France is Paris.", "A load test sends many requests and measures how a service answers them.", \#
    "Water boils at a lower temperature on a mountain.", "The quick brown fox jumps over the lazy dog."]}
    """#

  /// The protocol with the user's options.
  ///
  /// - Throws: `UsageError` when the template is not JSON.
  public init(_ options: APIOptions) throws {
    template = try QueryTemplate(options.template ?? Self.defaultTemplate, model: options.model)
    path = EndpointPath.resolve(options.path, standard: "/v1/rerank")
    headers = [HTTPHeader].bearer(options)
  }

  public func makeRequest(for prompt: Prompt) throws -> APIRequest {
    APIRequest(path: path, headers: headers, body: template.render(prompt))
  }

  public func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    event.isError ? reading.fail(event.data) : .bookkeeping
  }

  public func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    ResultListReader.read(body, lists: ["results", "data"], into: &reading)
  }
}
