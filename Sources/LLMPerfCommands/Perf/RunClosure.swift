import LLMPerf
import LLMPerfExport
import LLMPerfSQLite

/// The end of a run: adds it up, finishes the database, prints and writes the reports, and decides the exit status.
///
/// The database comes first, since what is in it can be reported again. Each output is on its own: one that cannot be
/// written is told, and stops no other.
struct RunClosure {
  let session: PerfSession
  let run: RunDescription
  let outcome: LoadTest.Outcome
  let recorder: Recorder

  private var command: PerfCommand { session.command }

  /// What went wrong, each said once.
  private struct Problems {
    private(set) var sentences: [String] = []

    mutating func note(_ sentence: String) {
      if !sentences.contains(sentence) { sentences.append(sentence) }
    }

    /// Does one thing of several that do not depend on each other.
    mutating func attempt(_ body: () throws -> Void) {
      do { try body() } catch { note("\(error)") }
    }
  }

  /// Ends the run.
  ///
  /// - Returns: The exit status. What went wrong has been said on standard error.
  func finish() -> ExitStatus {
    var problems = Problems()
    for error in outcome.errors { problems.note("the run stopped before its end: \(error)") }
    let result: RunResult
    do {
      result = try makeResult()
    } catch {
      problems.note("\(error)")
      problems.attempt { _ = try recorder.sink(ResultWriter.self)?.close() }
      return tell(problems) ?? .failed
    }
    let thresholds = session.checks.report(on: result)
    var text = TextReport.render(result, columns: StandardStreams.output.columns)
    if let sink = recorder.sink(PrecisionSink.self) {
      problems.attempt { text += try sink.outcome() + "\n" }
    }
    for line in thresholds?.lines ?? [] { text += line + "\n" }
    session.progress.console.append(text)
    finishSinks(with: result, &problems)
    problems.attempt { try StandardStreams.output.write(text) }
    write(result, thresholds, &problems)
    let status = session.checks.status(of: result)
    if status == .failed { problems.note(Self.nothingMeasured(result.summary)) }
    let failed = tell(problems)
    // Where an interrupt came before the first request, no empty database stays behind.
    if outcome.wasInterrupted, outcome.errors.isEmpty, let database = recorder.sink(ResultWriter.self),
      database.rowCount == 0
    {
      database.discard()
    }
    close()
    return failed ?? (session.interruption.wasInterrupted ? .interrupted : status)
  }

  private func makeResult() throws -> RunResult {
    let summary = try makeSummary()
    var health =
      recorder.sink(HealthMonitor.self)?.health(peakBacklog: recorder.peakBacklog)
      ?? ClientHealth()
    health.calibration = session.calibrator?.calibration(session.calibration, judging: summary)?.reaching(summary)
    let reasonsOfSpace = recorder.sink(ResultWriter.self)?.reasonsOfSpace ?? []
    return RunResult(
      run: run, summary: summary, verdict: Verdict(reasons: Verdict(summary, health: health).reasons + reasonsOfSpace),
      health: health)
  }

  private func makeSummary() throws -> RunSummary {
    let options = SummaryOptions(
      isOpenLoop: run.parallel == nil, isPartial: outcome.wasInterrupted || !outcome.errors.isEmpty,
      neverSentRequests: outcome.neverSent, sendingEnded: outcome.sendingEnded, maxInFlight: command.load.maxInFlight)
    if command.tokens.countTokens == .after, let tokens = session.tokens,
      let database = recorder.sink(ResultWriter.self)
    {
      try database.countOutputTokens { tokens.countOnAllProcessors($0) }
      let builder = SummaryBuilder(objectives: session.checks.objectives, spillDirectory: session.name.directory)
      try ResultReader(path: databasePath).forEachRecord { builder.receive([$0]) }
      return try builder.summary(options)
    }
    return try recorder.sink(SummarySink.self)?.builder.summary(options) ?? RunSummary()
  }

  /// Where the database is.
  private var databasePath: String { recorder.sink(ResultWriter.self)?.path ?? session.name.databasePath }

  /// Tells every sink of the end, the database first, which is closed then: others read it.
  private func finishSinks(with result: RunResult, _ problems: inout Problems) {
    let database = recorder.sink(ResultWriter.self)
    let wasWell = recorder.isWell(ResultWriter.self)
    recorder.tell { sink in
      try sink.end(result)
      if sink === database, let database, try !database.close() {
        session.progress.note("\(databasePath) is open elsewhere: until that ends, \(databasePath)-wal belongs to it.")
      }
    }
    // One that has failed before may still take what it holds.
    if !wasWell { _ = try? database?.close() }
    for error in recorder.errors.dropFirst(outcome.errors.count) { problems.note("\(error)") }
    if let incident = database?.incident { problems.note(incident) }
  }

  private func write(_ result: RunResult, _ thresholds: ThresholdReport?, _ problems: inout Problems) {
    if let path = command.output.outputJson {
      problems.attempt {
        let json = JSONReport.make(result).utf8(indented: true) + [0x0A]
        try Files.write(json, to: path, option: "--output-json")
      }
    }
    if let path = command.exports.outputHtml {
      problems.attempt {
        let page = HTMLReport.render(try SavedRun.page(databasePath, result, thresholds))
        try Files.write(page, to: path, option: "--output-html")
      }
    }
    if let path = command.checks.junit, let thresholds {
      problems.attempt {
        try Files.write(
          JUnitReport.render(thresholds, run: run, duration: result.summary.runTime), to: path, option: "--junit")
      }
    }
  }

  /// Says on standard error what went wrong; nil when nothing did.
  private func tell(_ problems: Problems) -> ExitStatus? {
    guard !problems.sentences.isEmpty else { return nil }
    for sentence in problems.sentences { session.progress.write("llmuses: \(sentence)\n") }
    return .failed
  }

  private static func nothingMeasured(_ summary: RunSummary) -> String {
    let counts = [
      ("warm-up", summary.counts.warmup), ("cut by the end of the run", summary.counts.cut),
      ("never sent", summary.counts.neverSent),
    ]
    let rest = counts.filter { $0.1 > 0 }.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
    return "nothing was measured: no request ended" + (rest.isEmpty ? "" : " (\(rest))")
  }

  /// Waits for what goes on behind the run. All else is done: who interrupts now waits for nothing any more.
  private func close() {
    let (progress, interruption) = (session.progress, session.interruption)
    interruption.answer {
      progress.note("Interrupted: what was still on its way to other services is given up.")
      interruption.leave()
    }
    recorder.tell { ($0 as? any UploadingSink)?.close() }
    recorder.sink(DashboardSink.self)?.close()
    let linger = interruption.wasInterrupted ? 0 : command.exports.metricsLinger ?? 0
    recorder.sink(PrometheusExporter.self)?.close(linger: .seconds(linger))
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
