import Glibc
import LLMPerf
import LLMPerfSQLite
import LLMPerfWire

/// One load test from its options to its report.
struct PerfRun {
  private let command: PerfCommand
  private let name: RunName
  private let seed: UInt64
  private let headers: [HTTPHeader]

  init(_ command: PerfCommand) throws {
    self.command = command
    name = RunName(command.output.name, model: command.service.model)
    seed = command.load.seed ?? UInt64.random(in: 0..<1 << 53)
    headers = try command.service.parsedHeaders()
  }

  /// Runs the test; throws before anything is sent when something is wrong with the options.
  func run() throws -> ExitStatus {
    try checkOutputs()


    let address = try ServiceAddress(command.service.url)
    try DescriptorLimit.check(connections: connections)
    var api = try makeAPI(address)
    let prompts = try makePrompts()
    if !command.service.noProbe {
      api = try Probe(address: address, options: clientOptions, api: api).run()
    }
    let session = PerfSession(
      command: command, name: name, seed: seed, address: address, api: api, options: clientOptions)
    return try session.run(prompts)
  }

  private func checkOutputs() throws {
    guard !Files.exists(name.databasePath) else {
      throw UsageError(
        "the database \(name.databasePath) exists, and runs are never mixed: choose another --name, or move it away")
    }
    try Files.makeFolders(for: name.databasePath)
    try Files.checkWritable(name.databasePath, option: "--name")
    if let path = command.output.outputJson { try Files.checkWritable(path, option: "--output-json") }
  }

  private func makeAPI(_ address: ServiceAddress) throws -> any APIPlugin {
    let template = try command.service.queryTemplate.map { argument in
      String(decoding: try Files.expand(argument, option: "--query-template"), as: UTF8.self)
    }
    let options = APIOptions(
      model: command.service.model, path: address.path, template: template, headers: headers,
      apiKey: command.service.apiKey ?? environment("OPENAI_API_KEY"))
    return try LLMPerfTool.plugins.makeAPI(command.service.api, options)
  }

  private func makePrompts() throws -> PromptSource {
    let options = command.prompts
    if let argument = options.prompt {
      let prompt = Prompt(utf8: try Files.expand(argument, option: "--prompt"))
      return PromptSource(repeating: prompt, number: command.load.number ?? (command.load.duration == nil ? 1 : .max))
    }
    let dataset = try LLMPerfTool.plugins.makeDataset(options.dataset, DatasetOptions(path: options.datasetPath))
    let limits = PromptSource.Limits(minimum: options.minPromptLength, maximum: options.maxPromptLength ?? .max)
    return PromptSource(
      dataset, limits: limits, number: command.load.number ?? (command.load.duration == nil ? nil : .max))
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
    options.sourceAddresses = command.service.sourceAddresses
    options.preconnects = command.service.preconnect
    options.loops = command.load.loops ?? Self.defaultLoops
    options.duration = command.load.duration.map { .seconds($0) }
    options.pausesAfterFailedConnect = command.load.duration != nil && command.load.number == nil
    return options
  }

  /// One loop reads a million events a second; a second one helps where there are processors to spare.
  private static var defaultLoops: Int { max(1, min(4, ProcessLimits.processors / 4)) }
}

/// The value of an environment variable that is set and not empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
  return value
}
