import LLMPerf
import LLMPerfExport
import LLMPerfSQLite

/// The sinks that tell others of a run.
struct RunExports {
  let sinks: [any RecordSink]

  /// Makes the sinks that `targets` ask for. Their ports are taken from now on; they send nothing before the run. A service
  /// that shows the run may end it by `stop`.
  ///
  /// - Throws: `UsageError` for a port that cannot be listened on.
  init(
    _ targets: ExportTargets, checks: CheckOptions.Parsed, gauge: LoopGauge, progress: ProgressOutput,
    stop: StopSource, databasePath: String
  ) throws {
    let inFlight: @Sendable () -> Int = { gauge.inFlight }
    let note: @Sendable (String) -> Void = { progress.note($0) }
    let closing = { (result: RunResult) in
      // A run that was cut short by nobody was cut short by an error.
      let isBroken = result.summary.isPartial && !stop.wasInterrupted
      return Self.closing(result, isBroken ? .failed : checks.status(of: result), checks, databasePath)
    }
    targets.notes.forEach(note)
    var sinks: [any RecordSink] = []
    if let options = targets.wandb {
      sinks.append(
        WandBSink(
          options, console: progress.console, inFlight: inFlight, closing: closing, note: note,
          onStop: { stop.interrupt() }))
    }
    if let options = targets.mlflow {
      sinks.append(MLflowSink(options, inFlight: inFlight, closing: closing, note: note))
    }
    if let place = targets.metrics {
      sinks.append(try Self.listening("--metrics-port") { try PrometheusExporter(place, inFlight: inFlight) })
    }
    if let options = targets.otlp { sinks.append(OTLPExporter(options, inFlight: inFlight, note: note)) }
    if let place = targets.dashboard {
      let dashboard = try Self.listening("--dashboard") { try DashboardSink(place, inFlight: inFlight) }
      note("Dashboard: \(dashboard.url)")
      sinks.append(dashboard)
    }
    self.sinks = sinks
  }

  /// What `make` makes, which listens at a port; the option is named when it cannot.
  private static func listening<Sink>(_ option: String, _ make: () throws -> Sink) throws -> Sink {
    do {
      return try make()
    } catch let error as UsageError {
      throw UsageError("\(option): \(error.message)")
    }
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
