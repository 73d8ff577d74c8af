import Glibc
import LLMPerf
import LLMPerfExport
import LLMPerfSQLite
import LLMPerfWire

/// The sinks that tell others of a run.
struct RunExports {
  let sinks: [any RecordSink]

  /// Makes the sinks that the options ask for.
  ///
  /// - Throws: `UsageError` for an address or key that is none.
  init(_ options: ExportOptions, transport: HTTPTransport, progress: ProgressOutput, databasePath: String) throws {
    let inFlight: @Sendable () -> Int = { transport.observations.reduce(0) { $0 + $1.inFlight } }
    let note: @Sendable (String) -> Void = { progress.note($0) }
    var sinks: [any RecordSink] = []
    let environment = Self.environment
    if let wandb = try WandBOptions(
      mode: options.wandbMode, key: options.wandbApiKey, baseURL: options.wandbBaseUrl, entity: options.wandbEntity,
      project: options.wandbProject, environment: environment)
    {
      sinks.append(
        WandBSink(
          wandb, console: progress.console, inFlight: inFlight, closing: { Self.closing($0, databasePath) }, note: note,
          onStop: { transport.stopSending(cancelAfter: .seconds(10)) }))
    }
    if let uri = options.mlflowTrackingUri {
      let mlflow = try MLflowOptions(uri: uri, experiment: options.mlflowExperiment, environment: environment)
      sinks.append(
        MLflowSink(mlflow, inFlight: inFlight, closing: { Self.closing($0, databasePath) }, note: note))
    }
    if let place = options.metricsPort {
      sinks.append(try PrometheusExporter(ListenAddress(place, option: "--metrics-port"), inFlight: inFlight))
    }
    if let endpoint = options.otlpEndpoint {
      sinks.append(
        OTLPExporter(try OTLPOptions(endpoint: endpoint, environment: environment), inFlight: inFlight, note: note))
    }
    if let place = options.dashboard {
      let dashboard = try DashboardSink(ListenAddress(place, option: "--dashboard"), inFlight: inFlight)
      note("Dashboard: \(dashboard.url)")
      sinks.append(dashboard)
    }
    self.sinks = sinks
  }

  /// The HTML report goes along with the run.
  private static func closing(_ result: RunResult, _ databasePath: String) -> RunClosing {
    var closing = RunClosing.plain(result)
    if let page = try? HTMLReport.render(HTMLReportInput(result: result, rows: SavedRun.rows(databasePath, result))) {
      closing.files.append(ExportedFile(name: "report.html", contentType: "text/html", bytes: page))
    }
    return closing
  }

  private static var environment: [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      next += 1
    }
    return variables
  }
}
