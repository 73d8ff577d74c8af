import LLMPerf
import LLMPerfExport

/// Who else is told of a run: the options in the forms they are used in.
struct ExportTargets: Sendable {
  /// Makes a sink of one run, which sends nothing before the run. Its port is taken from then on.
  typealias MakeSink = @Sendable (RunExports) throws -> any RecordSink

  /// What makes the sinks, in the order in which they are told.
  var sinks: [MakeSink] = []
  /// What the user should know, and is no mistake.
  var notes: [String] = []

  /// Adds the sink that `make` makes of `options`; nil: it was not asked for.
  mutating func add<Options: Sendable>(
    _ options: Options?, _ make: @escaping @Sendable (Options, RunExports) throws -> any RecordSink
  ) {
    if let options { sinks.append { try make(options, $0) } }
  }
}

extension ExportOptions {
  /// Reads the options, and what the services' own variables in `environment` add.
  ///
  /// - Throws: `UsageError` for an address or key that is none, and for an option without effect.
  func targets(environment: [String: String]) throws -> ExportTargets {
    var targets = ExportTargets()
    let wandb = try WandBOptions(
      mode: wandbMode, key: wandbApiKey, baseURL: wandbBaseUrl, entity: wandbEntity, project: wandbProject,
      environment: environment)
    if wandbMode == nil, wandbApiKey == nil, let key = environment["WANDB_API_KEY"], !key.isEmpty,
      !WandBOptions.isKey(key)
    {
      targets.notes.append("W&B: what WANDB_API_KEY holds is no key, so the run is not logged there")
    }
    targets.add(wandb) { options, run in
      WandBSink(
        options, console: run.console, inFlight: run.inFlight, closing: run.closing, note: run.note, onStop: run.stop)
    }
    targets.add(
      try mlflowTrackingUri.map { try MLflowOptions(uri: $0, experiment: mlflowExperiment, environment: environment) }
    ) { options, run in
      MLflowSink(options, inFlight: run.inFlight, closing: run.closing, note: run.note)
    }
    targets.add(try metricsPort.map { try ListenAddress($0, option: "--metrics-port") }) { place, run in
      try Self.listening("--metrics-port") { try PrometheusExporter(place, inFlight: run.inFlight) }
    }
    targets.add(try otlpEndpoint.map { try OTLPOptions(endpoint: $0, environment: environment) }) { options, run in
      OTLPExporter(options, inFlight: run.inFlight, note: run.note)
    }
    targets.add(try dashboard.map { try ListenAddress($0, option: "--dashboard") }) { place, run in
      let dashboard = try Self.listening("--dashboard") { try DashboardSink(place, inFlight: run.inFlight) }
      run.note("Dashboard: \(dashboard.url)")
      return dashboard
    }
    return targets
  }

  /// What `make` makes, which listens at a port; the option is named when it cannot.
  private static func listening<Sink>(_ option: String, _ make: () throws -> Sink) throws -> Sink {
    do {
      return try make()
    } catch let error as UsageError {
      throw UsageError("\(option): \(error.message)")
    }
  }
}
