import LLMPerf
import LLMPerfExport
import LLMPerfSQLite

/// The end of a run: adds it up, tells the sinks, prints and writes the reports, and decides the exit status.
struct RunClosure {
  let session: PerfSession
  let run: RunDescription
  let outcome: LoadTest.Outcome
  let recorder: Recorder

  private var command: PerfCommand { session.command }

  /// Ends the run.
  ///
  /// - Returns: The exit status.
  /// - Throws: `RunError` when something broke on the way; the reports have been written then.
  func finish() throws -> ExitStatus {
    let summary = try makeSummary()
    var health =
      recorder.sink(HealthMonitor.self)?.health(peakBacklog: recorder.peakBacklog)
      ?? ClientHealth()
    health.calibration = session.calibrator?.calibration(session.calibration, judging: summary)?.reaching(summary)
    let database = recorder.sink(ResultWriter.self)
    let result = RunResult(
      run: run, summary: summary,
      verdict: Verdict(reasons: Verdict(summary, health: health).reasons + (database?.reasonsOfSpace ?? [])),
      health: health)
    let thresholds = session.checks.report(on: result)
    var text = TextReport.render(result)
    if let sink = recorder.sink(PrecisionSink.self) { text += try sink.outcome() + "\n" }
    for line in thresholds?.lines ?? [] { text += line + "\n" }
    session.progress.console.append(text)
    // The report does not wait for anybody: what goes on behind the run is waited for last.
    StandardStreams.output.write(text)
    recorder.tell { try $0.end(result) }
    if let database, try !database.close() {
      session.progress.note(
        "\(databasePath) is open elsewhere: until that ends, \(databasePath)-wal belongs to it."
      )
    }
    try write(result, thresholds)
    close()
    if let error = outcome.error ?? recorder.error { throw RunError("the run stopped before its end: \(error)") }
    if let incident = database?.incident { throw RunError(incident) }
    return session.checks.status(of: result)
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
      try ResultReader(path: databasePath).forEachRecord { builder.receive([$0]) }
      return try builder.summary(options)
    }
    return try recorder.sink(SummarySink.self)?.builder.summary(options) ?? RunSummary()
  }

  /// Where the database is.
  private var databasePath: String { recorder.sink(ResultWriter.self)?.path ?? session.name.databasePath }

  private func write(_ result: RunResult, _ thresholds: ThresholdReport?) throws {
    if let path = command.output.outputJson {
      let json = JSONReport.make(result).utf8(indented: true) + [0x0A]
      try Files.write(json, to: path, option: "--output-json")
    }
    if let path = command.exports.outputHtml {
      let page = try HTMLReport.render(SavedRun.page(databasePath, result, thresholds))
      try Files.write(page, to: path, option: "--output-html")
    }
    if let path = command.checks.junit, let thresholds {
      try Files.write(
        JUnitReport.render(thresholds, run: run, duration: result.summary.runTime), to: path, option: "--junit")
    }
  }

  private func close() {
    recorder.tell { ($0 as? any UploadingSink)?.close() }
    recorder.sink(DashboardSink.self)?.close()
    recorder.sink(PrometheusExporter.self)?.close(linger: .seconds(command.exports.metricsLinger ?? 0))
  }
}

extension ResultWriter {
  /// What is to be said of answers that did not fit.
  fileprivate var reasonsOfSpace: [Verdict.Reason] {
    guard shortenedRows > 0 else { return [] }
    let requests = shortenedRows == 1 ? "1 request" : "\(shortenedRows) requests"
    return [
      .init(
        .valid, code: "texts-left-out",
        "texts of \(requests) are not in the database: a row holds a gigabyte; its table left_out tells which, and numbers are whole"
      )
    ]
  }
}
