import LLMPerf
import LLMPerfExport

/// What the sinks that tell others of a run need to know of it.
struct RunExports {
  /// What was printed.
  let console: ConsoleRecorder
  /// Requests in flight now.
  let inFlight: @Sendable () -> Int
  /// Says a line to the user.
  let note: @Sendable (String) -> Void
  /// Ends the run, from the page of a service that shows it.
  let stop: @Sendable () -> Void
  /// What goes along with the result.
  let closing: @Sendable (RunResult) -> RunClosing

  /// The exports of a run whose loops `gauge` shows, which `stop` ends, and which is in the database at `databasePath`.
  init(
    checks: CheckOptions.Parsed, gauge: LoopGauge, progress: ProgressOutput, stop: StopSource, databasePath: String
  ) {
    console = progress.console
    inFlight = { gauge.inFlight }
    note = { progress.note($0) }
    self.stop = { stop.interrupt() }
    closing = { result in
      // A run that was cut short by nobody was cut short by an error.
      let isBroken = result.summary.isPartial && !stop.wasInterrupted
      return Self.closing(result, isBroken ? .failed : checks.status(of: result), checks, databasePath)
    }
  }

  /// The sinks that `targets` ask for.
  ///
  /// - Throws: `UsageError` for a port that cannot be listened on.
  func makeSinks(_ targets: ExportTargets) throws -> [any RecordSink] {
    targets.notes.forEach(note)
    return try targets.sinks.map { try $0(self) }
  }

  /// The exit status, and the HTML report, which goes along with the run.
  private static func closing(
    _ result: RunResult, _ status: ExitStatus, _ checks: CheckOptions.Parsed, _ databasePath: String
  ) -> RunClosing {
    var closing = RunClosing(exitCode: Int(status.rawValue), wasInterrupted: status == .interrupted)
    if let page = try? SavedRun.page(databasePath, result, checks.report(on: result)) {
      closing.files.append(ExportedFile(name: "report.html", contentType: "text/html", bytes: HTMLReport.render(page)))
    }
    return closing
  }
}
