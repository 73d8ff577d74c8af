import LLMPerf
import LLMPerfExport

/// Who else is told of a run: the options in the forms they are used in.
struct ExportTargets: Sendable {
  var wandb: WandBOptions?
  var mlflow: MLflowOptions?
  var otlp: OTLPOptions?
  var metrics: ListenAddress?
  var dashboard: ListenAddress?
  /// What the user should know, and is no mistake.
  var notes: [String] = []
}

extension ExportOptions {
  /// Reads the options, and what the services' own variables in `environment` add.
  ///
  /// - Throws: `UsageError` for an address or key that is none, and for an option without effect.
  func targets(environment: [String: String]) throws -> ExportTargets {
    var targets = ExportTargets()
    targets.wandb = try WandBOptions(
      mode: wandbMode, key: wandbApiKey, baseURL: wandbBaseUrl, entity: wandbEntity, project: wandbProject,
      environment: environment)
    if wandbMode == nil, wandbApiKey == nil, let key = environment["WANDB_API_KEY"], !key.isEmpty,
      !WandBOptions.isKey(key)
    {
      targets.notes.append("W&B: what WANDB_API_KEY holds is no key, so the run is not logged there")
    }
    targets.mlflow = try mlflowTrackingUri.map {
      try MLflowOptions(uri: $0, experiment: mlflowExperiment, environment: environment)
    }
    targets.otlp = try otlpEndpoint.map { try OTLPOptions(endpoint: $0, environment: environment) }
    targets.metrics = try metricsPort.map { try ListenAddress($0, option: "--metrics-port") }
    targets.dashboard = try dashboard.map { try ListenAddress($0, option: "--dashboard") }
    return targets
  }
}
