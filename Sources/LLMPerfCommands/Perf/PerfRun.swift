import LLMPerf
import LLMPerfPython
import LLMPerfSQLite
import LLMPerfWire

/// One load test from its options to its report: everything that can be wrong is found here, before anything is sent.
struct PerfRun {
  private let command: PerfCommand
  private let name: RunName
  private let seed: UInt64
  private let headers: [HTTPHeader]
  private let checks: CheckOptions.Parsed
  private let targets: ExportTargets
  private let tokens: TokenCounter?
  private let sources: [SourceAddress]
  private let stamps = KernelStamps()
  private let interruption: Interruption
  private let secrets = LLMPerfTool.secrets

  init(_ command: PerfCommand, interruption: Interruption) throws {
    self.command = command
    self.interruption = interruption
    name = RunName(command.output.name, model: command.service.model)
    seed = command.load.seed ?? UInt64.random(in: 0..<1 << 53)
    headers = try command.service.parsedHeaders()
    sources = try command.service.parsedSourceAddresses()
    checks = try command.checks.parsed(load: command.load)
    targets = try command.exports.targets(environment: environmentVariables)
    tokens = try command.tokens.tokenizerPath.map { try TokenCounter(path: $0) }
  }

  /// Runs the test; throws before anything is sent when something is wrong with the options.
  func run() throws -> ExitStatus {
    try checkOutputs()
    let isSimulated = command.service.url.hasPrefix("sim:")
    let address = try isSimulated ? nil : ServiceAddress(command.service.url)
    try DescriptorLimit.check(connections: connections)
    var api = try makeAPI(path: address?.path ?? "/")
    var prompts = try makePrompts()
    // Before the service hears anything, the probe included.
    try prompts.readAhead()
    let progress = ProgressOutput(isQuiet: command.output.quiet, secrets: secrets)
    let calibrator = calibrator(api)
    let calibration = calibrate(calibrator, progress)
    let simulator = isSimulated ? try ChildSimulator(command.service.url) : nil
    defer { simulator?.stop() }
    let target = try address ?? ServiceAddress(simulator?.address ?? "")
    let transport = HTTPTransport(to: target, pattern: command.load.pattern, options: clientOptions)
    let exports = try RunExports(
      targets, checks: checks, transport: transport, progress: progress, interruption: interruption,
      databasePath: name.databasePath)
    if !command.service.noProbe {
      api = try Probe(
        address: target, options: clientOptions, api: api, usualPath: usualPath, redactor: secrets.redactor
      ).run()
    }
    let session = PerfSession(
      command: command, name: name, seed: seed, address: target, api: api, options: clientOptions, checks: checks,
      tokens: tokens, calibrator: calibrator, calibration: calibration, transport: transport, progress: progress,
      interruption: interruption, redactor: secrets.redactor)
    return try session.run(prompts, telling: exports)
  }

  /// Measures what this machine can do with such a load; nil where that is not wanted, or the load cannot be told before.
  private func calibrator(_ api: any APIPlugin) -> Calibrator? {
    guard !command.service.noCalibrate else { return nil }
    let body = (try? api.makeRequest(for: Prompt("x")))?.body ?? []
    let isStreamed = (try? JSON(parsing: body))?["stream"]?.boolValue ?? true
    return CalibrationShape(command.load.pattern, isStreamed: isStreamed, loops: clientOptions.loops)
      .map { Calibrator(shape: $0, interruption: interruption) }
  }

  /// The calibration, measured once and then remembered. A run does not depend on it: it is told where there is none.
  private func calibrate(_ calibrator: Calibrator?, _ progress: ProgressOutput) -> Calibration? {
    guard let calibrator else { return nil }
    do {
      return try calibrator.calibration(cache: .standard())
    } catch {
      progress.note("Without a calibration: \(error)")
      return nil
    }
  }

  private func checkOutputs() throws {
    try Files.makeFolders(for: name.databasePath)
    try Files.checkMakeable(name.databasePath, option: "--name")
    guard Files.isFree(name.databasePath) else {
      throw UsageError(
        "the database \(name.databasePath) exists, and runs are never mixed: choose another --name, or move it away")
    }
    // What SQLite puts beside it has a longer name.
    try Files.checkMakeable(name.databasePath + "-journal", option: "--name")
    let outputs = [
      ("--output-json", command.output.outputJson), ("--output-html", command.exports.outputHtml),
      ("--junit", command.checks.junit),
    ]
    for case (let option, let path?) in outputs { try Files.checkWritable(path, option: option) }
    try checkApart(outputs)
  }

  /// Checks that no output would be written over another one, the database, or what the run reads.
  private func checkApart(_ outputs: [(option: String, path: String?)]) throws {
    func file(_ argument: String?) -> String? {
      argument.flatMap { $0.hasPrefix("@") && !$0.hasPrefix("@@") ? String($0.dropFirst()) : nil }
    }
    let inputs = [
      ("--config", command.file.config), ("--dataset-path", command.prompts.datasetPath),
      ("--prompt", file(command.prompts.prompt)), ("--query-template", file(command.service.queryTemplate)),
      ("--api-spec", command.plugins.apiSpec), ("--cacert", command.service.cacert),
    ]
    var taken: [String: String] = [:]
    for case (let option, let path?) in [("the database", name.databasePath)] + inputs where path != "-" {
      if let place = Files.place(of: path) { taken[place] = option }
    }
    for case (let option, let path?) in outputs where path != "-" {
      guard let place = Files.place(of: path) else { continue }
      if let other = taken[place] {
        throw UsageError("\(option): \(path) is the file of \(other), too; give each a file of its own")
      }
      taken[place] = option
    }
  }

  private func makeAPI(path: String) throws -> any APIPlugin {
    let service = command.service
    let template = try service.queryTemplate.map { argument in
      try Files.expand(argument, encoding: command.prompts.encoding ?? .utf8, option: "--query-template")
    }
    if let template { secrets.learn(fromTemplate: template) }
    let plugins = LLMPerfTool.plugins
    var options = APIOptions(model: service.model, path: path, template: template, headers: headers)
    if let file = command.plugins.apiSpec {
      let spec = try YAMLDocument.parse(try Files.text(file, option: "--api-spec"), file: file)
      options.apiKey = try key(from: try DeclarativeAPI.keyVariables(of: spec, source: file))
      return try DeclarativeAPI(spec: spec, options, source: file)
    }
    if PythonPlugins.isFile(service.apiName) {
      options.apiKey = try key(from: ["OPENAI_API_KEY"])
      return try PythonPlugins().api(
        path: service.apiName, options: options, parameters: parameters, workers: command.plugins.pluginWorkers ?? 1)
    }
    options.apiKey = try key(from: plugins.keyVariables(of: service.apiName))
    return try plugins.makeAPI(service.apiName, options)
  }

  /// The path of the protocol for an address without one; nil where users describe the protocol.
  private var usualPath: String? {
    guard command.plugins.apiSpec == nil, !PythonPlugins.isFile(command.service.apiName) else { return nil }
    let api = try? LLMPerfTool.plugins.makeAPI(command.service.apiName, APIOptions(model: command.service.model))
    return try? api?.makeRequest(for: Prompt("")).path
  }

  /// The key that was given, or that of the first of the environment's variables that is set.
  private func key(from variables: [String]) throws -> String? {
    if let key = command.service.apiKey { return key }
    for name in variables {
      guard let key = environment(name) else { continue }
      secrets.learn([key])
      try KeyText.check(key, from: name)
      return key
    }
    return nil
  }

  private func makePrompts() throws -> PromptSource {
    let options = command.prompts
    let isEndless = command.load.number == nil && command.load.duration != nil
    if let argument = options.prompt {
      let prompt = Prompt(try Files.expand(argument, encoding: options.encoding ?? .utf8, option: "--prompt"))
      return PromptSource(repeating: prompt, number: isEndless ? .max : command.load.number ?? 1)
    }
    return PromptSource(try makeDataset(), limits: limits, number: isEndless ? .max : command.load.number)
  }

  private func makeDataset() throws -> any DatasetPlugin {
    let options = command.prompts
    if PythonPlugins.isFile(options.dataset) {
      guard options.datasetPath != "-" else {
        throw UsageError(
          "--dataset-path -: a Python data set opens its file itself, and has no standard input; give a file")
      }
      return try PythonPlugins().dataset(path: options.dataset, parameters: parameters)
    }
    return try LLMPerfTool.plugins.makeDataset(
      options.dataset, DatasetOptions(path: options.datasetPath, encoding: options.encoding ?? .utf8))
  }

  private var limits: PromptSource.Limits {
    let options = command.prompts
    var limits = PromptSource.Limits(
      minimum: options.minPromptLength, maximum: options.maxPromptLength ?? .max)
    if let tokens, command.tokens.minPromptTokens != nil || command.tokens.maxPromptTokens != nil {
      limits.tokens = (
        command.tokens.minPromptTokens ?? 0, command.tokens.maxPromptTokens ?? .max, { tokens.count(prompt: $0) ?? 0 }
      )
    }
    return limits
  }

  /// The options as a Python plugin sees them, without secrets.
  private var parameters: JSON {
    .object(
      ConfigurationList.of(command, seed: seed).map { option in
        JSON.Member(option.name.map { $0 == "-" ? "_" : String($0) }.joined(), option.value)
      })
  }

  /// Connections that the run may hold at once, as far as it is known before.
  private var connections: Int {
    switch command.load.pattern {
    case .closedLoop(let parallel): parallel
    case .openLoop(_, let maxInFlight?): maxInFlight
    case .openLoop(.atOnce, nil): command.load.number ?? 1
    case .openLoop(_, nil): 1
    }
  }

  private var clientOptions: ClientOptions {
    var options = ClientOptions()
    options.connectTimeout = .seconds(command.service.connectTimeout)
    options.readTimeout = .seconds(command.service.readTimeout)
    options.verifiesCertificate = !command.service.insecure
    options.certificateFile = command.service.cacert
    options.sourceAddresses = sources
    options.preconnects = command.service.preconnect
    options.loops =
      command.load.loops
      ?? DefaultLoops.count(
        processors: ControlGroup.processors,
        eventsPerSecond: DefaultLoops.eventsPerSecond(command.load.pattern, requests: command.load.number))
    options.duration = command.load.duration.map { .seconds($0) }
    options.grace = grace
    options.pausesAfterFailedConnect = command.load.duration != nil && command.load.number == nil
    return options
  }

  /// How long requests in flight may go on after the end of sending.
  private var grace: Duration {
    .seconds(command.load.grace ?? min(LoadOptions.usualGrace, command.service.readTimeout))
  }
}
