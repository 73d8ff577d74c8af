import LLMPerf
import LLMPerfExport

/// The sink that renders the report, before the others are told of the end: services that show a run's console get it too.
final class ReportSink: RecordSink {
  private let checks: CheckOptions.Parsed
  /// What ends a run whose goal of precision is not reached, as options write it.
  private let bounds: String
  private let console: ConsoleRecorder
  /// The report; empty before the end.
  private(set) var text = ""

  init(_ checks: CheckOptions.Parsed, bounds: String, console: ConsoleRecorder) {
    self.checks = checks
    self.bounds = bounds
    self.console = console
  }

  func receive(_ records: [RequestRecord]) {}

  func end(_ result: RunResult) {
    text = TextReport.render(result, columns: StandardStreams.output.columns)
    if let precision = result.precision { text += precision.sentence(bounds: bounds) + "\n" }
    for line in checks.report(on: result)?.lines ?? [] { text += line + "\n" }
    console.append(text)
  }
}
