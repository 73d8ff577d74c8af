import ArgumentParser
import LLMPerf
import LLMPerfExport

/// Who else is told of the run.
struct ExportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write the report as one HTML file.", valueName: "file"))
  var outputHtml: String?

  @Flag(help: "Show the run on several lines of the terminal while it goes on.")
  var live = false

  @Option(
    help: ArgumentHelp(
      "Show the run in a browser at this port, or ADDRESS:PORT; elsewhere than on loopback with a token.",
      valueName: "port"))
  var dashboard: String?

  @Option(help: ArgumentHelp("Serve Prometheus metrics at this port, or ADDRESS:PORT.", valueName: "port"))
  var metricsPort: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Keep the metrics up for this many seconds after the run. (default: 0)", valueName: "s"))
  var metricsLinger: Double?

  @Option(help: ArgumentHelp("Send metrics to this OpenTelemetry collector, OTLP over HTTP.", valueName: "address"))
  var otlpEndpoint: String?

  @Option(help: ArgumentHelp("Log to Weights & Biases. Or set WANDB_API_KEY.", valueName: "key"))
  var wandbApiKey: String?

  @Option(
    help: ArgumentHelp("W&B: online, offline or disabled. Or set WANDB_MODE. Default: online.", valueName: "mode"))
  var wandbMode: String?

  @Option(help: ArgumentHelp("W&B: the service's address.", valueName: "address"))
  var wandbBaseUrl: String?

  @Option(help: ArgumentHelp("W&B: user or team.", valueName: "name"))
  var wandbEntity: String?

  @Option(help: ArgumentHelp("W&B: project. (default: perf_benchmark)", valueName: "name"))
  var wandbProject: String?

  @Option(help: ArgumentHelp("Log to this MLflow tracking server.", valueName: "address"))
  var mlflowTrackingUri: String?

  @Option(help: ArgumentHelp("MLflow: experiment. (default: perf_benchmark)", valueName: "name"))
  var mlflowExperiment: String?

  /// Throws a usage error for values that make no sense.
  func check(isQuiet: Bool) throws {
    try require(!(live && isQuiet), "--live and --quiet exclude each other")
    try require(
      metricsLinger == nil || metricsPort != nil, "--metrics-linger keeps the page of --metrics-port up: give both")
    try require(
      mlflowExperiment == nil || mlflowTrackingUri != nil, "--mlflow-experiment needs --mlflow-tracking-uri: give both")
    try requireSeconds(metricsLinger, "--metrics-linger", from: 0)
  }
}

extension ExportOptions {
  /// The options for all but the parser, in the order of the help.
  static let declared: [PerfOption] = [
    PerfOption("output-html") { .optional($0.exports.outputHtml) },
    .flag("live") { $0.exports.live },
    PerfOption("dashboard") { .optional($0.exports.dashboard) },
    PerfOption("metrics-port") { .optional($0.exports.metricsPort) },
    PerfOption("metrics-linger") { .double($0.exports.metricsLinger) },
    PerfOption("otlp-endpoint", secrecy: .address) { .optional($0.exports.otlpEndpoint) },
    PerfOption("wandb-api-key", secrecy: .whole) { .optional($0.exports.wandbApiKey) },
    PerfOption("wandb-mode") { .optional($0.exports.wandbMode) },
    PerfOption("wandb-base-url", secrecy: .address) { .optional($0.exports.wandbBaseUrl) },
    PerfOption("wandb-entity") { .optional($0.exports.wandbEntity) },
    PerfOption("wandb-project") { .optional($0.exports.wandbProject) },
    PerfOption("mlflow-tracking-uri", secrecy: .address) { .optional($0.exports.mlflowTrackingUri) },
    PerfOption("mlflow-experiment") { .optional($0.exports.mlflowExperiment) },
  ]
}
