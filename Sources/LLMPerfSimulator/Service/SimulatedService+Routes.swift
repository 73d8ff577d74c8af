import LLMPerf
import LLMPerfWire

extension SimulatedService {
  /// The paths of the service. What is not listed is found by the end of its path: see `ServiceAPI`.
  func makeRouter() -> Router {
    var router = Router()
    let models: JSON = ["object": "list", "data": [model]]
    for path in ["/v1/models", "/models"] {
      router.on("GET", path) { _ in .whole(.json(models.utf8())) }
    }
    for path in ["/health", "/"] {
      router.on("GET", path) { _ in .whole(.json(Array(#"{"status":"ok"}"#.utf8))) }
    }
    router.on("GET", "/version") { _ in .whole(.json(Array(#"{"version":"simulated"}"#.utf8))) }
    router.on("GET", "/metrics") { [self] _ in
      .whole(.text(MetricsPage(self).text, contentType: MetricsPage.contentType))
    }
    router.on("GET", "/__stats") { [self] _ in .whole(.json(statistics.utf8(indented: true))) }
    router.on("GET", "/__truth") { [self] _ in
      .whole(WholeResponse(contentType: "text/csv; charset=utf-8", body: truth.csv))
    }
    router.on("POST", "/__reset") { [self] _ in
      reset() ? .whole(.json(Array("{}".utf8))) : .whole(failure(409, "Answers are running."))
    }
    router.otherwise { [self] request in
      guard let api = ServiceAPI(path: request.path) else {
        return .whole(failure(404, "The simulator has nothing at \(request.path)."))
      }
      guard request.method == "POST" else {
        return .whole(failure(405, "\(request.path) takes POST, not \(request.method)."))
      }
      return respond(to: request, api)
    }
    return router
  }

  private var model: JSON {
    [
      "id": .string(configuration.model), "object": "model", "created": 0, "owned_by": "llmuses",
      "max_model_len": 131072,
    ]
  }

  private func failure(_ status: Int, _ message: String) -> WholeResponse {
    OpenAIChatFormat.refusal(Refusal(status: status, message: message), isStreaming: false)
  }
}
