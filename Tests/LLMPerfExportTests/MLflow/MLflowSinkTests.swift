import LLMPerf
import Testing

@testable import LLMPerfExport

struct MLflowSinkTests {
  private static let report = ExportedFile(
    name: "report/report one.html", contentType: "text/html", bytes: Array("<p>ü".utf8))

  /// Logs a run of 100 requests to `server`; returns what the user was told.
  private func play(
    to server: FakeMLflow, closing: RunClosing = RunClosing(exitCode: 0), environment: [String: String] = [:],
    _ change: (inout RunDescription) -> Void = { _ in }
  ) throws -> [String] {
    var options = try MLflowOptions(uri: server.url + "/base/", experiment: "load tests", environment: environment)
    options.interval = .zero
    options.firstRetry = .milliseconds(1)
    let notes = Notes()
    var run = SyntheticRun(100)
    change(&run.description)
    try run.play(to: MLflowSink(options, closing: { _ in closing }, note: { notes.add($0) }), batch: 10)
    return notes.all
  }

  @Test
  func `parameters, numbers, files and the end arrive`() throws {
    let server = try FakeMLflow()
    defer { server.stop() }
    let notes = try play(
      to: server, closing: RunClosing(exitCode: 0, files: [Self.report]), environment: ["MLFLOW_TRACKING_TOKEN": "t"]
    ) { run in
      run.configuration += (0..<130).map { ("option (\($0))", .int($0)) }
      run.configuration.append(("long", .string(String(repeating: "x", count: 9000))))
      run.configuration.append(("unset", .null))
    }
    let known = server.known
    #expect(notes.last == "MLflow: the run is complete")
    #expect(known.experiments == ["load tests"])
    #expect(known.authorizations == ["Bearer t"])
    let run = try #require(known.runs.first)
    #expect(known.runs.count == 1 && run.status == "FINISHED")
    #expect(run.params["model"] == "qwen/7b" && run.params["seed"] == "7" && run.params["option _129_"] == "129")
    #expect(run.params["long"]?.count == 6000 && run.params["unset"] == nil)
    // The most that the server takes in one call.
    #expect(known.largestBatch.params == 100 && known.largestBatch.metrics <= 1000)
    let failed = run.metrics.filter { $0.key == "failed" }
    #expect(failed.map(\.step) == Array(stride(from: 10, through: 100, by: 10)))
    // Every seventh request of the run fails.
    #expect(run.metrics.last { $0.key == "failed_requests" }?.value == 14)
    #expect(run.metrics.allSatisfy { $0.value.isFinite })
    let path = "/base/api/2.0/mlflow-artifacts/artifacts/1/run/artifacts/report/report%20one.html"
    #expect(known.files == [path: Self.report.bytes])
  }

  @Test
  func `a run whose making was not answered is not made twice`() throws {
    let server = try FakeMLflow(faults: [.init(call: "runs/create", status: 503, isDone: true)])
    defer { server.stop() }
    #expect(try play(to: server).last == "MLflow: the run is complete")
    #expect(server.known.runs.count == 1)
  }

  @Test(arguments: ["experiments/get-by-name", "runs/create", "runs/log-batch", "runs/update"])
  func `what fails for the moment is tried again`(call: String) throws {
    let faults = [429, 500, 503].map { FakeMLflow.Fault(call: call, status: $0) }
    let server = try FakeMLflow(faults: faults)
    defer { server.stop() }
    #expect(try play(to: server).last == "MLflow: the run is complete")
    let known = server.known
    #expect(known.faults.isEmpty && known.runs.count == 1 && known.runs.first?.status == "FINISHED")
    #expect(known.runs.first?.metrics.contains { $0.key == "failed_requests" } == true)
  }

  @Test
  func `a refusal ends the upload, and is told with the server's words`() throws {
    let server = try FakeMLflow(faults: [.init(call: "runs/create", status: 403)])
    defer { server.stop() }
    let notes = try play(to: server)
    #expect(notes == ["MLflow: the run is not complete there: \(server.url) answered 403: told to"])
    #expect(server.known.runs.isEmpty)
  }

  @Test(arguments: [
    (RunClosing(exitCode: 0), "FINISHED"), (RunClosing(exitCode: 99), "FAILED"), (RunClosing(exitCode: 3), "FAILED"),
    (RunClosing(exitCode: 130, wasInterrupted: true), "KILLED"),
  ])
  func `the status says how the run ended`(closing: RunClosing, status: String) throws {
    let server = try FakeMLflow()
    defer { server.stop() }
    _ = try play(to: server, closing: closing)
    #expect(server.known.runs.first?.status == status)
  }

  @Test
  func `files that the server keeps elsewhere are left out, and the rest arrives`() throws {
    let server = try FakeMLflow(artifacts: "s3://bucket/1/run")
    defer { server.stop() }
    let notes = try play(to: server, closing: RunClosing(exitCode: 0, files: [Self.report]))
    #expect(notes.contains { $0.hasPrefix("MLflow: report/report one.html was left out") })
    #expect(notes.last == "MLflow: the run is complete")
    #expect(server.known.files.isEmpty)
  }
}

struct MLflowOptionsTests {
  @Test(arguments: [
    ([:], nil), (["MLFLOW_TRACKING_TOKEN": "t", "MLFLOW_TRACKING_USERNAME": "u"], "Bearer t"),
    (["MLFLOW_TRACKING_USERNAME": "u", "MLFLOW_TRACKING_PASSWORD": "p"], "Basic dTpw"),
  ])
  func `the login is the client's own`(environment: [String: String], authorization: String?) throws {
    let options = try MLflowOptions(uri: "http://host:5000", experiment: nil, environment: environment)
    #expect(options.authorization == authorization)
    #expect(options.experiment == "perf_benchmark")
  }

  @Test
  func `a login in the address counts where there is no other`() throws {
    let options = try MLflowOptions(
      uri: "https://u:p@host", experiment: nil, environment: ["MLFLOW_EXPERIMENT_NAME": "mine"])
    #expect(options.authorization == "Basic dTpw")
    #expect(options.experiment == "mine")
  }

  @Test(arguments: ["sqlite:///x.db", "./mlruns", "http://", "http://host:x"])
  func `what is no server is refused`(uri: String) {
    #expect(throws: UsageError.self) { try MLflowOptions(uri: uri, experiment: nil, environment: [:]) }
  }
}
