import LLMPerf
import LLMPerfWire

/// The calls of MLflow's REST API (2.0) that a run needs. Blocking; belongs to the uploading thread.
struct MLflowService {
  /// One value of a metric.
  struct Point: Sendable, Hashable {
    var key: String
    var value: Double
    /// Milliseconds since 1970.
    var at: Int64
    var step: Int
  }

  /// A run that has been made.
  struct Run: Sendable, Hashable {
    var id: String
    var experiment: String
    /// Where the server keeps the run's files.
    var artifactURI: String
  }

  /// The most entries that one call takes.
  static let mostMetrics = 1000
  static let mostParams = 100

  private let options: MLflowOptions
  private let version: String
  private let client: FetchClient

  init(_ options: MLflowOptions, version: String) {
    self.options = options
    self.version = version
    client = FetchClient(connectTimeout: min(options.timeout, .seconds(10)), timeout: options.timeout)
  }

  /// The id of the experiment, which is made if it is missing.
  func experiment() throws(ServiceFailure) -> String {
    let name = PercentEncoding.encode(options.experiment)
    let found = try request("GET", "experiments/get-by-name?experiment_name=\(name)", nil, accepting: [404])
    if let experiment = found["experiment"] {
      if experiment["lifecycle_stage"]?.stringValue == "deleted" {
        throw .final(
          "the experiment \(options.experiment) is deleted; restore it or name another by --mlflow-experiment")
      }
      if let id = experiment["experiment_id"]?.stringValue { return id }
    }
    // 400: somebody else has made it since; the next try finds it.
    let made = try request("POST", "experiments/create", ["name": .string(options.experiment)], accepting: [400])
    if let id = made["experiment_id"]?.stringValue { return id }
    guard made["error_code"]?.stringValue == "RESOURCE_ALREADY_EXISTS" else {
      throw .final(
        made["message"]?.stringValue?.oneLine(atMost: FetchResponse.longestSample)
          ?? "the experiment \(options.experiment) cannot be made")
    }
    throw .passing("the experiment \(options.experiment) is being made", retryAfter: "0")
  }

  /// Makes a run. `mark` is a tag that no other run has: a run made by an earlier try whose answer was lost is found by it.
  func create(
    _ name: String, in experiment: String, at start: Int64, tags: [(String, String)], mark: String, isRepeated: Bool
  ) throws(ServiceFailure) -> Run {
    if isRepeated {
      let filter: JSON = ["experiment_ids": [.string(experiment)], "filter": .string("tags.llmuses_id = '\(mark)'")]
      let found = try request("POST", "runs/search", filter)
      if let run = found["runs"]?[0], let made = self.run(run, experiment) { return made }
    }
    let all = tags + [("llmuses_id", mark)]
    let body: JSON = [
      "experiment_id": .string(experiment), "run_name": .string(name), "start_time": .int(Int(start)),
      "tags": .array(all.map { ["key": .string($0.0), "value": .string($0.1)] }),
    ]
    let answer = try request("POST", "runs/create", body)
    guard let run = answer["run"], let made = self.run(run, experiment) else {
      throw .final("the answer to runs/create names no run")
    }
    return made
  }

  /// Logs metrics and parameters, at most as many as one call takes. The same call again changes nothing.
  func log(_ run: Run, metrics: ArraySlice<Point> = [], params: ArraySlice<JSON.Member> = []) throws(ServiceFailure) {
    var body: [JSON.Member] = [JSON.Member("run_id", .string(run.id))]
    if !metrics.isEmpty {
      let points = metrics.map { point -> JSON in
        [
          "key": .string(point.key), "value": .double(point.value), "timestamp": .int(Int(point.at)),
          "step": .int(point.step),
        ]
      }
      body.append(JSON.Member("metrics", .array(points)))
    }
    if !params.isEmpty {
      body.append(JSON.Member("params", .array(params.map { ["key": .string($0.key), "value": $0.value] })))
    }
    _ = try request("POST", "runs/log-batch", .object(body))
  }

  /// Puts a file beside the run. False: the server keeps its files elsewhere, where only MLflow's own client puts them.
  func put(_ file: ExportedFile, to run: Run) throws(ServiceFailure) -> Bool {
    let scheme = "mlflow-artifacts:/"
    guard run.artifactURI.hasPrefix(scheme) else { return false }
    var folder = run.artifactURI.dropFirst(scheme.count)
    // `mlflow-artifacts://HOST/PATH` names a server as well.
    if folder.hasPrefix("/") { folder = folder.dropFirst().drop { $0 != "/" } }
    let path = "\(folder)/\(file.name)".split(separator: "/").map { PercentEncoding.encode(String($0)) }
    let target = "/api/2.0/mlflow-artifacts/artifacts/" + path.joined(separator: "/")
    _ = try send("PUT", target, file.contentType, file.bytes, accepting: [])
    return true
  }

  /// Ends a run: `FINISHED`, `FAILED` or `KILLED`.
  func end(_ run: Run, status: String, at end: Int64) throws(ServiceFailure) {
    let body: JSON = ["run_id": .string(run.id), "status": .string(status), "end_time": .int(Int(end))]
    _ = try request("POST", "runs/update", body)
  }

  /// The address of the run's page.
  func pageURL(_ run: Run) -> String {
    "\(options.tracking.origin)\(options.tracking.basePath)/#/experiments/\(run.experiment)/runs/\(run.id)"
  }

  private func run(_ answer: JSON, _ experiment: String) -> Run? {
    guard let info = answer["info"], let id = info["run_id"]?.stringValue else { return nil }
    return Run(id: id, experiment: experiment, artifactURI: info["artifact_uri"]?.stringValue ?? "")
  }

  private func request(
    _ method: String, _ call: String, _ body: JSON?, accepting statuses: [Int] = []
  ) throws(ServiceFailure) -> JSON {
    let bytes = try send(
      method, "/api/2.0/mlflow/\(call)", "application/json", body?.utf8() ?? [], accepting: statuses)
    guard let answer = try? JSON(parsing: bytes) else {
      throw .final(
        "\(options.tracking.origin) is no MLflow server: its answer to \(call.prefix { $0 != "?" }) is not JSON")
    }
    return answer
  }

  private func send(
    _ method: String, _ path: String, _ type: String, _ body: [UInt8], accepting statuses: [Int]
  ) throws(ServiceFailure) -> [UInt8] {
    var headers = [("User-Agent", "llmuses/\(version)"), ("Content-Type", type)]
    if let authorization = options.authorization { headers.append(("Authorization", authorization)) }
    let address = options.tracking.at(options.tracking.basePath + path)
    let response: FetchResponse
    do throws(FetchFailure) {
      response = try client.send(FetchRequest(method, address, headers: headers, body: body))
    } catch {
      throw .unreachable(error.description)
    }
    if 200..<300 ~= response.status || statuses.contains(response.status) { return response.body }
    let told = (try? JSON(parsing: response.body))?["message"]?.stringValue
    let words = told?.oneLine(atMost: FetchResponse.longestSample) ?? response.sample
    let text = "\(options.tracking.origin) answered \(response.status): \(words)"
    if (400..<500).contains(response.status), ![408, 425, 429].contains(response.status) { throw .final(text) }
    throw .passing(text, retryAfter: response.header("Retry-After"))
  }
}
