import LLMPerf
import LLMPerfSQLite
import LLMPerfWire

/// A load test that is ready to be measured.
struct PreparedPerf {
  let command: PerfCommand
  let name: RunName
  let checks: CheckOptions.Parsed
  let service: PreparedService
  let load: LoadTest.Plan
  let workload: Handover<any SessionReader>
  let settings: RunSettings
  let sinks: Handover<RecordSinks>
  let stop: StopSource
  let progress: ProgressOutput
  let interruption: Interruption
  /// What is to be forgotten of the process's end at once when the run has begun.
  let farewell: Int
  /// The service of a `sim:` address.
  let simulator: ChildSimulator?
  /// Kept for as long as bytes are stamped.
  let stamps: KernelStamps
}

/// From the options to a load test that is ready: everything that can be wrong is found here, before anything but a probe
/// is sent.
struct PerfPreparation {
  private let command: PerfCommand
  private let name: RunName
  private let seed: UInt64
  private let headers: [HTTPHeader]
  private let checks: CheckOptions.Parsed
  private let targets: ExportTargets
  private let tokens: TokenCounter?
  private let sources: [SourceAddress]
  private let stamps = KernelStamps()
  private let stop = StopSource()
  private let progress: ProgressOutput
  private let interruption: Interruption
  private let secrets = LLMPerfTool.secrets

  init(_ command: PerfCommand, interruption: Interruption) throws {
    var command = command
    seed = command.load.seed ?? UInt64.random(in: 0..<1 << 53)
    // The seed that takes effect is part of what results keep.
    command.load.seed = seed
    self.command = command
    self.interruption = interruption
    name = RunName(command.output.name, model: command.service.model)
    headers = try command.service.parsedHeaders()
    sources = try command.service.parsedSourceAddresses()
    checks = try command.checks.parsed(load: command.load)
    targets = try command.exports.targets(environment: environmentVariables)
    tokens = try command.tokens.tokenizerPath.map { try TokenCounter(path: $0) }
    progress = ProgressOutput(isQuiet: command.output.quiet, secrets: secrets)
  }

  /// Gets everything ready; throws before anything is sent when something is wrong with the options.
  func prepare() throws -> PreparedPerf {
    try OutputChecks(command: command, name: name).check()
    let isSimulated = command.service.url.hasPrefix("sim:")
    let address = try isSimulated ? nil : ServiceAddress(command.service.url)
    try DescriptorLimit.check(connections: command.connections)
    let parameters = parameters
    let api = try command.makeAPI(path: address?.path ?? "/", headers: headers, parameters: parameters)
    var workload = try command.makeWorkload(countingBy: tokens, parameters: parameters).makeSessions()
    // Before the service hears anything, the probe included.
    try workload.readAhead()
    let load = command.makeLoad(seed: seed, countingBy: tokens)
    let calibrator = calibrator(api, loops: load.loops)
    let calibration = calibrate(calibrator)
    let simulator = isSimulated ? try ChildSimulator(command.service.url) : nil
    do {
      let options = command.makeClientOptions(sources)
      var service = PreparedService(
        address: try address ?? ServiceAddress(simulator?.address ?? ""), api: api, options: options
      ) { summary in
        calibrator?.calibration(calibration, judging: summary)
      }
      let exports = try RunExports(
        targets, checks: checks, gauge: service.loops, progress: progress, stop: stop, databasePath: name.databasePath)
      if !command.service.noProbe {
        service.api = try Probe(
          address: service.address, options: options, api: api, usualPath: command.usualPath,
          redactor: secrets.redactor
        ).run()
      }
      // Until sending begins, no empty database stays behind.
      let path = name.databasePath
      let farewell = interruption.atLeaving { ResultWriter.removeUnbegun(path) }
      return PreparedPerf(
        command: command, name: name, checks: checks, service: service, load: load, workload: Handover(workload),
        settings: settings(isReadByOne: service.api.finishesResponses), sinks: try makeSinks(exports, service.loops),
        stop: stop, progress: progress, interruption: interruption, farewell: farewell, simulator: simulator,
        stamps: stamps)
    } catch {
      simulator?.stop()
      throw error
    }
  }

  /// Measures what this machine can do with such a load; nil where that is not wanted, or the load cannot be told before.
  private func calibrator(_ api: any APIPlugin, loops: Int) -> Calibrator? {
    guard !command.service.noCalibrate else { return nil }
    let body = (try? api.makeRequest(for: Prompt("x")))?.body ?? []
    let isStreamed = (try? JSON(parsing: body))?["stream"]?.boolValue ?? true
    return CalibrationShape(command.load.load, isStreamed: isStreamed, loops: loops)
      .map { Calibrator(shape: $0, interruption: interruption) }
  }

  /// The calibration, measured once and then remembered. A run does not depend on it: it is told where there is none.
  private func calibrate(_ calibrator: Calibrator?) -> Calibration? {
    guard let calibrator else { return nil }
    do {
      return try calibrator.calibration(cache: .standard())
    } catch {
      progress.note("Without a calibration: \(error)")
      return nil
    }
  }

  /// The options as a Python plugin sees them, without secrets.
  private var parameters: JSON {
    .object(
      ConfigurationList.of(command).map { option in
        JSON.Member(option.name.map { $0 == "-" ? "_" : String($0) }.joined(), option.value)
      })
  }

  /// Everybody who is told of the run, in this order: who renders the report, the database, who watches the client, who
  /// shows the progress, and who tells others.
  private func makeSinks(_ exports: sending RunExports, _ gauge: LoopGauge) throws -> Handover<RecordSinks> {
    let progress = progress
    let database = try ResultWriter(path: name.databasePath, saving: command.output.save) { result in
      JSONReport.make(result).description
    }
    var count: (([[UInt8]]) -> [Int?])?
    if let tokens, command.tokens.countTokens == .after { count = { tokens.countOnAllProcessors($0) } }
    var sinks: [any RecordSink] = [
      ReportSink(checks, bounds: command.bounds, console: progress.console),
      RunDatabase(database, countingAfterwards: count) { progress.note($0) },
      HealthMonitor(database: database, gauge: gauge),
    ]
    sinks += progress.makeSinks(command.output, live: command.exports.live) { gauge.inFlight }
    if command.output.debug { sinks.append(DebugSink { progress.write($0) }) }
    sinks += exports.sinks
    return Handover(RecordSinks(sinks))
  }

  /// What else there is to say of the run. `isReadByOne`: one worker reads all answers.
  private func settings(isReadByOne: Bool) -> RunSettings {
    var settings = RunSettings(secrets.redactor.redacted(description))
    settings.objectives = checks.objectives
    settings.goal = checks.goal
    if let tokens, command.tokens.countTokens != .after {
      // Where one worker reads all answers, the others' processors are free.
      settings.countTokens = { isReadByOne ? tokens.countOnAllProcessors($0) : tokens.count($0) }
    }
    settings.redactor = secrets.redactor
    settings.spillDirectory = name.directory
    return settings
  }

  private var description: RunDescription {
    let isOnePrompt = command.prompts.prompt != nil && command.load.duration == nil
    return RunDescription(
      name: name.name, configuration: ConfigurationList.of(command), model: command.service.model,
      api: command.plugins.apiSpec ?? command.service.apiName, url: Secrets.maskedAddress(command.service.url),
      load: command.load.load,
      expectedRequests: command.load.number ?? (isOnePrompt ? 1 : nil), seed: seed, wallClockStart: 0,
      version: LLMPerfTool.version, machine: MachineDescription.current(),
      arguments: Secrets.masked(CommandLine.arguments))
  }
}
