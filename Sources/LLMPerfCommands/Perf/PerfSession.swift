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
  let checks: CheckOptions.Parsed
  let tokens: TokenCounter?
  let calibrator: Calibrator?
  let calibration: Calibration?
  let transport: HTTPTransport
  let progress: ProgressOutput
  let interruption: Interruption
  /// Hides what must be in no output.
  let redactor: Redactor

  /// Runs the load test and prints its report.
  func run(_ prompts: sending PromptSource, telling exports: sending RunExports) throws -> ExitStatus {
    let (progress, path) = (progress, name.databasePath)
    let stop = exports.stop
    let isSureEnough = StopButton()
    // Until sending begins, no empty database stays behind.
    let farewell = interruption.atLeaving { ResultWriter.removeUnbegun(path) }
    let test = LoadTest(
      plan, prompts: prompts, api: api, address: address, transport: transport,
      recorder: try makeRecorder(exports, isSureEnough), spillDirectory: name.directory,
      now: { MonotonicClock(origin: 0).now.nanoseconds })
    stop.connect { test.interrupt() }
    isSureEnough.connect { test.stopSending() }
    let producer = try prepare(test)
    interruption.answer {
      progress.note("Interrupted: nothing more is sent; requests in flight may end. Ctrl-C again leaves at once.")
      test.interrupt()
    }
    interruption.forget(farewell)
    _ = interruption.atLeaving { progress.close() }
    let clock = MonotonicClock()
    let run = describe(clock)
    let (outcome, recorder) = try test.run(run, producedBy: producer, clockOrigin: clock.origin)
    // From here on everything that is left is done anyway, and quickly.
    interruption.answer { progress.note("Interrupted: the report follows. Ctrl-C again leaves at once.") }
    guard let recorder else { throw RunError("the run's records were lost") }
    progress.close()
    return RunClosure(session: self, run: run, outcome: outcome, recorder: recorder).finish()
  }

  private func prepare(_ test: LoadTest) throws -> WorkerThread {
    do {
      return try test.prepare()
    } catch {
      test.reclaimRecorder()?.sink(ResultWriter.self)?.discard()
      throw error
    }
  }

  private var plan: LoadTest.Plan {
    var plan = LoadTest.Plan(pattern: command.load.pattern, seed: seed)
    plan.duration = options.duration
    plan.grace = options.grace
    plan.warmup = command.load.warmup
    plan.loops = options.loops
    plan.workers = DefaultWorkers.count(
      processors: ControlGroup.processors, loops: options.loops, countsTokens: tokens != nil)
    if let tokens { plan.countPromptTokens = { tokens.count(prompt: $0) } }
    return plan
  }

  /// The recorder with its sinks. Nobody else may hold on to them: they belong to the recorder's thread.
  private func makeRecorder(
    _ exports: sending RunExports, _ isSureEnough: StopButton
  ) throws -> sending Recorder {
    let builder = SummaryBuilder(objectives: checks.objectives, spillDirectory: name.directory)
    let database = try ResultWriter(path: name.databasePath, saving: command.output.save) { result in
      JSONReport.make(result).description
    }
    let transport = transport
    let inFlight: @Sendable () -> Int = { transport.inFlight }
    var sinks: [any RecordSink] = [
      SummarySink(builder), database, HealthMonitor(database: database) { transport.observations },
    ]
    if let goal = checks.goal {
      sinks.append(PrecisionSink(goal, builder, bounds: bounds) { isSureEnough.press() })
    }
    sinks += progress.makeSinks(command.output, live: command.exports.live, inFlight: inFlight)
    if command.output.debug { sinks.append(DebugSink { progress.write($0) }) }
    sinks += exports.sinks
    var count: Recorder.TokenCounter?
    if let tokens, command.tokens.countTokens != .after {
      // Where one worker reads all answers, the others' processors are free.
      let isAlone = api.finishesResponses
      count = { isAlone ? tokens.countOnAllProcessors($0) : tokens.count($0) }
    }
    return Recorder(ResponseAnalyzer(api: api), countTokens: count, redactor: redactor, sinks: sinks)
  }

  /// What ends a run whose goal is not reached, as options write it.
  private var bounds: String {
    let bounds = [
      command.load.number.map { "--number \($0)" }, command.load.duration.map { "--duration \(NumberText.short($0))" },
    ]
    return bounds.compactMap(\.self).joined(separator: " and ")
  }

  private func describe(_ clock: MonotonicClock) -> RunDescription {
    let isOnePrompt = command.prompts.prompt != nil && command.load.duration == nil
    let run = RunDescription(
      name: name.name, configuration: ConfigurationList.of(command, seed: seed), model: command.service.model,
      api: command.plugins.apiSpec ?? command.service.apiName, url: Secrets.maskedAddress(command.service.url),
      parallel: command.load.pattern.parallel,
      expectedRequests: command.load.number ?? (isOnePrompt ? 1 : nil), seed: seed,
      wallClockStart: clock.wallClockStart, version: LLMPerfTool.version, machine: MachineDescription.current(),
      arguments: Secrets.masked(CommandLine.arguments))
    return redactor.redacted(run)
  }
}
