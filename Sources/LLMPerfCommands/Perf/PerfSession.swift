import Glibc
import LLMPerf
import LLMPerfSQLite
import LLMPerfWire

/// The run itself: sinks around a load test, and what is said when it has ended.
struct PerfSession {
  let command: PerfCommand
  let name: RunName
  let seed: UInt64
  let address: ServiceAddress
  let api: any APIPlugin
  let options: ClientOptions

  /// Runs the load test and prints its report.
  func run(_ prompts: sending PromptSource) throws -> ExitStatus {
    let transport = HTTPTransport(to: address, pattern: command.load.pattern, options: options)
    let test = LoadTest(
      plan, prompts: prompts, api: api, address: address, transport: transport, recorder: try makeRecorder(transport),
      spillDirectory: name.directory, now: { MonotonicClock(origin: 0).now.nanoseconds })
    let producer: WorkerThread
    do {
      producer = try test.prepare()
    } catch {
      // Nothing was sent: no empty database stays behind.
      test.reclaimRecorder()?.sink(ResultWriter.self)?.discard()
      throw error
    }
    try Interruption.watch(first: { test.interrupt() }, second: { _exit(ExitStatus.interrupted.rawValue) })
    let clock = MonotonicClock()
    let run = describe(clock)
    let (outcome, recorder) = try test.run(run, producedBy: producer, clockOrigin: clock.origin)
    guard let recorder else { throw RunError("the run's records were lost") }
    return try finish(run, outcome, recorder)
  }

  /// The recorder with its sinks. Nobody else may hold on to them: they belong to the recorder's thread.
  private func makeRecorder(_ transport: HTTPTransport) throws -> sending Recorder {
    let database = try ResultWriter(path: name.databasePath, saving: command.output.save) { result in
      JSONReport.make(result).description
    }
    var sinks: [any RecordSink] = [
      SummarySink(SummaryBuilder(spillDirectory: name.directory)), database,
      HealthMonitor(database: database) { transport.observations },
    ]
    if command.output.debug { sinks.append(DebugSink()) }
    return Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: sinks)
  }

  private var plan: LoadTest.Plan {
    var plan = LoadTest.Plan(pattern: command.load.pattern, seed: seed)
    plan.warmup = command.load.warmup
    plan.loops = options.loops
    return plan
  }

  /// Adds the run up, tells the sinks, and prints the report.
  private func finish(
    _ run: RunDescription, _ outcome: LoadTest.Outcome, _ recorder: Recorder
  ) throws -> ExitStatus {
    let options = SummaryOptions(
      isOpenLoop: run.parallel == nil, isPartial: outcome.wasInterrupted || outcome.error != nil,
      neverSentRequests: outcome.neverSent, maxInFlight: command.load.maxInFlight)
    let summary = try recorder.sink(SummarySink.self)?.builder.summary(options) ?? RunSummary()
    let health =
      recorder.sink(HealthMonitor.self)?.health(runTime: summary.runTime ?? 0, peakBacklog: recorder.peakBacklog)
      ?? ClientHealth()
    let result = RunResult(run: run, summary: summary, verdict: Verdict(summary, health: health))
    recorder.tell { try $0.end(result) }
    try recorder.sink(ResultWriter.self)?.close()
    StandardStreams.output.write(TextReport.render(result, health: health))
    if let path = command.output.outputJson {
      let json = JSONReport.make(result, health: health).utf8(indented: true) + [0x0A]
      try Files.write(json, to: path, option: "--output-json")
    }
    if let error = outcome.error ?? recorder.error {
      throw RunError("the run stopped before its end: \(error)")
    }
    if outcome.wasInterrupted { return .interrupted }
    return summary.totalRequests > 0 && summary.succeededRequests == 0 ? .allFailed : .done
  }

  private func describe(_ clock: MonotonicClock) -> RunDescription {
    RunDescription(
      name: name.name, configuration: ConfigurationList.of(command, seed: seed), model: command.service.model,
      api: command.service.api, url: command.service.url, parallel: command.load.pattern.parallel,
      expectedRequests: command.load.number ?? (command.prompts.prompt != nil && command.load.duration == nil ? 1 : nil),
      seed: seed, wallClockStart: clock.wallClockStart, version: LLMPerfTool.version,
      machine: MachineDescription.current(), arguments: ConfigurationList.maskedArguments)
  }
}
