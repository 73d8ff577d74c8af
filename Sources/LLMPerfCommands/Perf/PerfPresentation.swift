import LLMPerf
import LLMPerfExport
import LLMPerfSQLite

/// What is shown of a load test that was measured: prints and writes the reports, and decides the exit status.
///
/// The database is complete by now, and what is in it can be reported again. Each output is on its own: one that cannot be
/// written is told, and stops no other.
struct PerfPresentation {
  let prepared: PreparedPerf
  let measured: MeasuredPerf

  private var command: PerfCommand { prepared.command }
  private var database: ResultWriter? { measured.sinks?.sink(RunDatabase.self)?.writer }

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

  /// Shows the run.
  ///
  /// - Returns: The exit status. What went wrong has been said on standard error.
  func present() -> ExitStatus {
    var problems = Problems()
    for error in measured.broken?.causes ?? [] { problems.note("the run stopped before its end: \(error)") }
    for error in measured.broken?.failures ?? [] { problems.note("\(error)") }
    guard let result = measured.result else {
      problems.attempt { try database?.close() }
      return tell(problems) ?? .failed
    }
    // A database that has failed before may still take what it holds.
    if measured.sinks?.isWell(RunDatabase.self) == false { _ = try? database?.close() }
    if let incident = database?.incident { problems.note(incident) }
    problems.attempt { try StandardStreams.output.write(measured.sinks?.sink(ReportSink.self)?.text ?? "") }
    write(result, &problems)
    let status = prepared.checks.status(of: result)
    if status == .failed { problems.note(Self.nothingMeasured(result.summary)) }
    let failed = tell(problems)
    // Where an interrupt came before the first request, no empty database stays behind.
    let wasInterrupted = result.summary.isPartial && measured.broken?.causes.isEmpty ?? true
    if wasInterrupted, database?.rowCount == 0 { database?.discard() }
    close()
    return failed ?? (prepared.interruption.wasInterrupted ? .interrupted : status)
  }

  private func write(_ result: RunResult, _ problems: inout Problems) {
    let thresholds = prepared.checks.report(on: result)
    if let path = command.output.outputJson {
      problems.attempt {
        let json = JSONReport.make(result).utf8(indented: true) + [0x0A]
        try Files.write(json, to: path, option: "--output-json")
      }
    }
    if let path = command.exports.outputHtml {
      problems.attempt {
        let databasePath = database?.path ?? prepared.name.databasePath
        let page = HTMLReport.render(try SavedRun.page(databasePath, result, thresholds))
        try Files.write(page, to: path, option: "--output-html")
      }
    }
    if let path = command.checks.junit, let thresholds {
      problems.attempt {
        try Files.write(
          JUnitReport.render(thresholds, run: result.run, duration: result.summary.runTime), to: path,
          option: "--junit")
      }
    }
  }

  /// Says on standard error what went wrong; nil when nothing did.
  private func tell(_ problems: Problems) -> ExitStatus? {
    guard !problems.sentences.isEmpty else { return nil }
    for sentence in problems.sentences { prepared.progress.write("llmuses: \(sentence)\n") }
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
    let (progress, interruption) = (prepared.progress, prepared.interruption)
    interruption.answer {
      progress.note("Interrupted: what was still on its way to other services is given up.")
      interruption.leave()
    }
    measured.sinks?.tell { ($0 as? any UploadingSink)?.close() }
    measured.sinks?.sink(DashboardSink.self)?.close()
    let linger = interruption.wasInterrupted ? 0 : command.exports.metricsLinger ?? 0
    measured.sinks?.sink(PrometheusExporter.self)?.close(linger: .seconds(linger))
  }
}
