/// The end of a run: makes its result, and tells the sinks of it.
struct EndOfRun {
  let run: RunDescription
  let settings: RunSettings
  let calibration: PreparedService.Calibrating
  let outcome: LoadTest.Outcome

  /// The result, of which every sink has been told.
  ///
  /// - Throws: `BrokenRun` when something died before or now.
  func result(telling recorder: Recorder) throws -> RunResult {
    var broken = BrokenRun(causes: outcome.errors)
    let result: RunResult
    do {
      result = try makeResult(recorder)
    } catch {
      broken.failures.append(error)
      throw broken
    }
    broken.result = result
    let known = recorder.errors.count
    recorder.tell { try $0.end(result) }
    broken.failures += recorder.errors.dropFirst(known)
    guard broken.causes.isEmpty, broken.failures.isEmpty else { throw broken }
    return result
  }

  private func makeResult(_ recorder: Recorder) throws -> RunResult {
    let witnesses = recorder.sinks.witnesses
    let summary = try summary(recorder, witnesses)
    var health = ClientHealth()
    health.recorderBacklogPeak = recorder.peakBacklog
    for witness in witnesses { witness.testify(to: &health) }
    health.calibration = calibration(summary)?.reaching(summary)
    var result = RunResult(
      run: run, summary: summary,
      verdict: Verdict(reasons: Verdict(summary, health: health).reasons + witnesses.flatMap(\.reasons)),
      health: health)
    result.precision = try recorder.sink(PrecisionSink.self)?.outcome()
    return result
  }

  private func summary(_ recorder: Recorder, _ witnesses: [any RunWitness]) throws -> RunSummary {
    var options = SummaryOptions(
      isOpenLoop: run.load.isOpenLoop, isPartial: outcome.wasInterrupted || !outcome.errors.isEmpty,
      neverSentRequests: outcome.neverSent, sendingEnded: outcome.sendingEnded, maxInFlight: run.load.maxInFlight)
    options.skippedRequests = outcome.skipped
    for witness in witnesses {
      guard let replay = try witness.recount() else { continue }
      let builder = SummaryBuilder(objectives: settings.objectives, spillDirectory: settings.spillDirectory)
      try replay { builder.receive($0) }
      return try builder.summary(options)
    }
    return try recorder.sink(SummarySink.self)?.builder.summary(options) ?? RunSummary()
  }
}
