import LLMPerf
import LLMPerfExport
import LLMPerfSQLite

/// The end of a run: adds it up, tells the sinks, prints and writes the reports, and decides the exit status.
struct RunClosure {
  let session: PerfSession
  let run: RunDescription
  let outcome: LoadTest.Outcome
  let recorder: Recorder
  let progress: ProgressOutput

  private var command: PerfCommand { session.command }

  /// Ends the run.
  ///
  /// - Returns: The exit status.
  /// - Throws: `RunError` when something broke on the way; the reports have been written then.
  func finish() throws -> ExitStatus {
    let summary = try makeSummary()
    let health =
      recorder.sink(HealthMonitor.self)?.health(runTime: summary.runTime ?? 0, peakBacklog: recorder.peakBacklog)
      ?? ClientHealth()
    let result = RunResult(
      run: run, summary: summary, verdict: Verdict(summary, health: health), health: health)
    let thresholds = makeThresholds(result)
    var text = TextReport.render(result)
    if let sink = recorder.sink(PrecisionSink.self) { text += try sink.outcome() + "\n" }
    for line in thresholds?.lines ?? [] { text += line + "\n" }
    progress.console.append(text)
    recorder.tell { try $0.end(result) }
    try recorder.sink(ResultWriter.self)?.close()
    StandardStreams.output.write(text)
    try write(result, thresholds)
    close()
    if let error = outcome.error ?? recorder.error { throw RunError("the run stopped before its end: \(error)") }
    if outcome.wasInterrupted { return .interrupted }
    if let thresholds, !thresholds.isPassed { return .thresholdMissed }
    return summary.totalRequests > 0 && summary.succeededRequests == 0 ? .allFailed : .done
  }

  private func makeSummary() throws -> RunSummary {
    let options = SummaryOptions(
      isOpenLoop: run.parallel == nil, isPartial: outcome.wasInterrupted || outcome.error != nil,
      neverSentRequests: outcome.neverSent, maxInFlight: command.load.maxInFlight)
    if command.tokens.countTokens == .after, let tokens = session.tokens,
      let database = recorder.sink(ResultWriter.self)
    {
      try database.countOutputTokens { tokens.count($0) }
      let builder = SummaryBuilder(objectives: session.checks.objectives, spillDirectory: session.name.directory)
      try ResultReader(path: session.name.databasePath).forEachRecord { builder.receive([$0]) }
      return try builder.summary(options)
    }
    return try recorder.sink(SummarySink.self)?.builder.summary(options) ?? RunSummary()
  }

  private func makeThresholds(_ result: RunResult) -> ThresholdReport? {
    guard !session.checks.thresholds.isEmpty else { return nil }
    return ThresholdReport(
      session.checks.thresholds, run: result.summary, verdict: result.verdict, baseline: session.checks.baseline,
      allowsInvalid: command.checks.allowInvalid)
  }

  private func write(_ result: RunResult, _ thresholds: ThresholdReport?) throws {
    if let path = command.output.outputJson {
      let json = JSONReport.make(result).utf8(indented: true) + [0x0A]
      try Files.write(json, to: path, option: "--output-json")
    }
    if let path = command.exports.outputHtml {
      let rows = try SavedRun.rows(session.name.databasePath, result)
      let page = try HTMLReport.render(HTMLReportInput(result: result, rows: rows, thresholds: thresholds))
      try Files.write(page, to: path, option: "--output-html")
    }
    if let path = command.checks.junit, let thresholds {
      try Files.write(
        JUnitReport.render(thresholds, run: run, duration: result.summary.runTime), to: path, option: "--junit")
    }
  }

  private func close() {
    recorder.sink(DashboardSink.self)?.close()
    recorder.sink(PrometheusExporter.self)?.close(linger: .seconds(command.exports.metricsLinger ?? 0))
  }
}
