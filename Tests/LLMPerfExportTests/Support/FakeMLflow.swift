import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// An MLflow tracking server of a few lines: it keeps what it is told, and refuses what it was told to refuse.
final class FakeMLflow: Sendable {
  /// What it knows of a run.
  struct Run: Sendable {
    var tags: [String: String]
    var params: [String: String] = [:]
    var metrics: [(key: String, value: Double, step: Int)] = []
    var status = "RUNNING"
  }

  /// What a call is answered instead; `isDone`: after it was carried out, as when an answer is lost.
  struct Fault: Sendable {
    var call: String
    var status: Int
    var isDone = false
  }

  struct State: Sendable {
    var experiments: [String] = []
    var runs: [Run] = []
    /// By the path that they were put to.
    var files: [String: [UInt8]] = [:]
    var authorizations: Set<String> = []
    /// The largest number of parameters, and of metrics, in one call.
    var largestBatch = (params: 0, metrics: 0)
    var faults: [Fault] = []
  }

  private let state: Shared
  private let server: StubServer

  private final class Shared: Sendable {
    let value = Lock(State())
  }

  init(artifacts: String = "mlflow-artifacts:/1/run/artifacts", faults: [Fault] = []) throws {
    let state = Shared()
    state.value.withLock { $0.faults = faults }
    self.state = state
    server = try StubServer { request in
      state.value.withLock { .response(Self.answer(request, artifacts, &$0)) }
    }
  }

  var url: String { server.url }
  var known: State { state.value.withLock { $0 } }

  func stop() { server.stop() }

  private static func answer(_ request: ServerRequest, _ artifacts: String, _ state: inout State) -> WholeResponse {
    state.authorizations.insert(request.header("Authorization") ?? "none")
    let call = request.path.split(separator: "/").suffix(2).joined(separator: "/")
    let fault = state.faults.firstIndex { $0.call == call }.map { state.faults.remove(at: $0) }
    if let fault, !fault.isDone { return refusal(fault.status, "told to") }
    let answer = carryOut(request, call, artifacts, &state)
    return fault.map { refusal($0.status, "told to") } ?? answer
  }

  private static func carryOut(
    _ request: ServerRequest, _ call: String, _ artifacts: String, _ state: inout State
  ) -> WholeResponse {
    if request.method == "PUT" {
      state.files[request.path] = Array(request.body)
      return .json(Array("{}".utf8))
    }
    let body = (try? JSON(parsing: Array(request.body))) ?? [:]
    let run = Int(body["run_id"]?.stringValue ?? "")
    switch call {
    case "experiments/get-by-name":
      guard !state.experiments.isEmpty else { return refusal(404, "no such experiment") }
      return json(["experiment": ["experiment_id": "1", "lifecycle_stage": "active"]])
    case "experiments/create":
      state.experiments.append(body["name"]?.stringValue ?? "")
      return json(["experiment_id": "1"])
    case "runs/create":
      let tags = (body["tags"]?.arrayValue ?? []).map { ($0["key"]?.stringValue ?? "", $0["value"]?.stringValue ?? "") }
      state.runs.append(Run(tags: Dictionary(tags) { first, _ in first }))
      return json(["run": info(state.runs.count - 1, artifacts)])
    case "runs/search":
      let filter = body["filter"]?.stringValue ?? ""
      let found = state.runs.firstIndex { filter == "tags.llmuses_id = '\($0.tags["llmuses_id"] ?? "")'" }
      return json(found.map { ["runs": [info($0, artifacts)]] } ?? [:])
    case "runs/log-batch":
      guard let run else { return refusal(400, "no run") }
      let (params, metrics) = (body["params"]?.arrayValue ?? [], body["metrics"]?.arrayValue ?? [])
      for param in params { state.runs[run].params[param["key"]?.stringValue ?? ""] = param["value"]?.stringValue }
      state.runs[run].metrics += metrics.map {
        ($0["key"]?.stringValue ?? "", $0["value"]?.doubleValue ?? .nan, $0["step"]?.intValue ?? -1)
      }
      state.largestBatch = (
        max(state.largestBatch.params, params.count), max(state.largestBatch.metrics, metrics.count)
      )
      return json([:])
    case "runs/update":
      guard let run else { return refusal(400, "no run") }
      state.runs[run].status = body["status"]?.stringValue ?? ""
      return json([:])
    default: return refusal(404, "no such call: \(call)")
    }
  }

  private static func info(_ run: Int, _ artifacts: String) -> JSON {
    ["info": ["run_id": .string(String(run)), "artifact_uri": .string(artifacts)]]
  }

  private static func json(_ value: JSON) -> WholeResponse { .json(value.utf8()) }

  private static func refusal(_ status: Int, _ message: String) -> WholeResponse {
    .json((["message": .string(message)] as JSON).utf8(), status: status)
  }
}
