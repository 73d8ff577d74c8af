extension PreparedService {
  /// Measures one run, from its first request to the end of its last answer, and tells `sinks` of it. Prints nothing.
  ///
  /// Several runs may be measured one after the other; nothing of one is left when it returns.
  ///
  /// - Parameters:
  ///   - plan: What is sent when.
  ///   - workload: What is asked.
  ///   - shard: The part of the load that is sent from here. A closed loop's places are not divided: `plan` says how many
  ///     there are here.
  ///   - sinks: Who is told of the run; its records thread has them meanwhile, and they are given back at the end.
  ///   - settings: What else there is to say of the run.
  ///   - stop: Ends the run early, which is no error: what was measured is marked as partial.
  ///   - reaching: Is told how far the run has come, on the calling thread.
  /// - Returns: What was measured; every sink was told of it.
  /// - Throws: `BrokenRun`, with what was measured, when a loop, the transport, the plugin or a sink died; any other error
  ///   when the run could not begin, and then nothing was sent.
  package func measure(
    _ plan: LoadTest.Plan, _ workload: sending any SessionReader, shard: Shard = .whole,
    telling sinks: Handover<RecordSinks>, as settings: RunSettings, stop: StopSource = StopSource(),
    reaching: (RunMoment) -> Void = { _ in }
  ) throws -> RunResult {
    var plan = plan
    plan.shard = shard
    let transport = try makeTransport(
      TransportPlan(load: plan.load, loops: plan.loops, duration: plan.duration, grace: plan.grace))
    let test = LoadTest(
      plan, sessions: workload, api: api, address: address, transport: transport,
      recorder: recorder(telling: sinks, settings, stop), spillDirectory: settings.spillDirectory, now: clock.now)
    var description = settings.description
    let (outcome, recorder): (LoadTest.Outcome, Recorder?)
    do {
      (outcome, recorder) = try run(test, over: transport, as: &description, stop, reaching)
    } catch {
      if let recorder = test.reclaimRecorder() { sinks.give(Handover.Parcel(recorder.sinks)) }
      throw error
    }
    guard let recorder else { throw BrokenRun(causes: outcome.errors + [RecordsLost()]) }
    let end = EndOfRun(run: description, settings: settings, calibration: calibration, outcome: outcome)
    let result = Result { try end.result(telling: recorder) }
    sinks.give(Handover.Parcel(recorder.sinks))
    return try result.get()
  }

  /// Runs `test` to the end of its last record.
  private func run(
    _ test: LoadTest, over transport: any Transport, as description: inout RunDescription, _ stop: StopSource,
    _ reaching: (RunMoment) -> Void
  ) throws -> sending (outcome: LoadTest.Outcome, recorder: Recorder?) {
    let producer = try test.prepare()
    stop.serve(test)
    defer { stop.release() }
    loops.show(transport)
    reaching(.begins)
    let origin = clock.now()
    description.wallClockStart = clock.wallClock(origin)
    let end = try test.run(description, producedBy: producer, clockOrigin: origin)
    reaching(.ended)
    return end
  }

  /// The same for sinks that nobody needs afterwards.
  package func measure(
    _ plan: LoadTest.Plan, _ workload: sending any SessionReader, shard: Shard = .whole,
    telling sinks: sending [any RecordSink], as settings: RunSettings, stop: StopSource = StopSource()
  ) throws -> RunResult {
    try measure(plan, workload, shard: shard, telling: Handover(RecordSinks(sinks)), as: settings, stop: stop)
  }

  /// The run's recorder. The sinks that add up come first: others look at what they have.
  private func recorder(
    telling sinks: Handover<RecordSinks>, _ settings: RunSettings, _ stop: StopSource
  ) -> sending Recorder {
    let all = sinks.take() ?? RecordSinks([])
    let builder = SummaryBuilder(objectives: settings.objectives, spillDirectory: settings.spillDirectory)
    if let goal = settings.goal { all.insertFirst(PrecisionSink(goal, builder) { stop.endSending() }) }
    all.insertFirst(SummarySink(builder))
    return Recorder(
      ResponseAnalyzer(api: api), countTokens: settings.countTokens, redactor: settings.redactor, telling: all)
  }

  private struct RecordsLost: Error, CustomStringConvertible {
    var description: String { "the run's records were lost" }
  }
}
