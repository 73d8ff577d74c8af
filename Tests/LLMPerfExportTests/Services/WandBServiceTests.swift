import LLMPerf
import Testing

@testable import LLMPerfExport

/// Run by Scripts/test-wandb.sh.
@Suite(.enabled(if: ServiceEnvironment["WANDB_URL"] != nil))
struct WandBServiceTests {
  @Test(arguments: ["online", "offline"])
  func `a run arrives whole`(mode: String) throws {
    let folder = try #require(ServiceEnvironment["OUTPUT"])
    let options = try #require(
      try WandBOptions(
        mode: mode, key: FakeWandB.key, baseURL: ServiceEnvironment["WANDB_URL"], entity: nil, project: "llm perf",
        environment: ["WANDB_DIR": folder]))
    var pace = WandBPace()
    pace.interval = .milliseconds(20)
    pace.firstRetry = .milliseconds(100)
    let notes = Notes()
    let console = ConsoleRecorder()
    console.append("first line\nsecond: \"ünï\"\n")
    console.append("oh\n", isError: true)
    let report = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
    let sink = WandBSink(
      options, console: console, pace: pace, inFlight: { 2 },
      closing: { _ in
        RunClosing(
          exitCode: 0, files: [ExportedFile(name: "report/report.html", contentType: "text/html", bytes: report)])
      }, note: { notes.add($0) })
    let run = SyntheticRun(Int(ServiceEnvironment["REQUESTS"] ?? "") ?? 2000, name: "shown \(mode)")
    ServiceEnvironment.write(run.table, to: "records.csv")
    try run.play(to: sink)
    ServiceEnvironment.write(notes.text, to: "notes-\(mode).txt")
    if let expected = ServiceEnvironment["EXPECT"], mode == "online" { #expect(notes.text.contains(expected)) }
  }
}
