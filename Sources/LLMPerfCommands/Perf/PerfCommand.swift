import ArgumentParser
import LLMPerf
import LLMPerfWire

struct PerfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perf",
    abstract: "Run a load test and print its report.",
    discussion: """
      Sends requests at a fixed concurrency (--parallel) or arrival rate (--rate), streams the answers, and measures \
      time to first token, inter-token and total latency and throughput. The report goes to standard output, progress \
      to standard error, and every request into an SQLite database.

      Exit status: 0 done, 1 the run could not go on, nothing was measured or an output could not be written, 2 usage \
      error, 3 every request failed, 99 a threshold was missed, 130 interrupted.
      """)

  @OptionGroup(title: "Service") var service: ServiceOptions
  @OptionGroup(title: "Prompts") var prompts: PromptOptions
  @OptionGroup(title: "Load") var load: LoadOptions
  @OptionGroup(title: "Tokens") var tokens: TokenOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptions
  @OptionGroup(title: "Results") var output: OutputOptions
  @OptionGroup(title: "Thresholds") var checks: CheckOptions
  @OptionGroup(title: "Other places") var exports: ExportOptions
  @OptionGroup(title: "Configuration") var file: ConfigOptions

  func run() throws {
    try service.check()
    try prompts.check(template: service.queryTemplate)
    try PromptOptions.checkStandardInput([
      ("--prompt", prompts.prompt), ("--dataset-path", prompts.datasetPath),
      ("--query-template", service.queryTemplate),
      ("--api-spec", plugins.apiSpec), ("--config", file.config),
    ])
    try load.check()
    try require(
      !service.preconnect || !load.load.isOpenLoop,
      "--preconnect opens the connections of --parallel, and this run opens them as requests are due: leave it out")
    try output.check()
    try tokens.check(saving: output.save, isSinglePrompt: prompts.prompt != nil)
    try plugins.check(api: service.api)
    try exports.check(isQuiet: output.quiet)
    if file.printConfig { return try StandardStreams.output.write(ConfigurationList.file(of: self)) }
    ProcessLimits.keepFreedMemory()
    // Before any thread exists: they all inherit the mask.
    Interruption.block()
    let prepared = try PerfPreparation(self, interruption: Interruption()).prepare()
    defer { prepared.simulator?.stop() }
    let measured = try PerfMeasurement(prepared: prepared).measure()
    let status = PerfPresentation(prepared: prepared, measured: measured).present()
    if status != .done { throw status }
  }
}

/// The configuration file.
struct ConfigOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read options from this YAML file, by their long names; the command line wins.", valueName: "run.yaml"))
  var config: String?

  @Flag(help: "Print the options as a configuration file, and send nothing.")
  var printConfig = false
}
