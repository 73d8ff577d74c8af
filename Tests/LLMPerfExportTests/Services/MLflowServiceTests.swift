import LLMPerf
import Testing

@testable import LLMPerfExport

/// Run by Scripts/test-mlflow.sh.
@Suite(.enabled(if: ServiceEnvironment["MLFLOW_URL"] != nil))
struct MLflowServiceTests {
  @Test
  func `a run arrives whole`() throws {
    let url = try #require(ServiceEnvironment["MLFLOW_URL"])
    let report = ExportedFile(name: "report/report one.html", contentType: "text/html", bytes: Array("<p>ü".utf8))
    for (name, code) in [("good", 0), ("bad", 99)] {
      var options = try MLflowOptions(uri: url, experiment: "llm perf", environment: [:])
      options.interval = .zero
      let notes = Notes()
      var run = SyntheticRun(2000, name: name)
      run.description.configuration += (0..<130).map { ("option (\($0))", .int($0)) }
      run.description.configuration.append(("long", .string(String(repeating: "x", count: 9000))))
      let sink = MLflowSink(
        options, inFlight: { 3 }, closing: { _ in RunClosing(exitCode: code, files: [report]) }, note: { notes.add($0) }
      )
      ServiceEnvironment.write(run.table, to: "records.csv")
      try run.play(to: sink, batch: 10)
      #expect(notes.all.last == "MLflow: the run is complete")
    }
  }
}
