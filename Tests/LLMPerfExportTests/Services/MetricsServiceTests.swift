import Glibc
import LLMPerf
import Testing

@testable import LLMPerfExport

/// Run by Scripts/test-prometheus.sh and Scripts/test-otlp.sh.
struct MetricsServiceTests {
  @Test(.enabled(if: ServiceEnvironment["METRICS_PORT"] != nil))
  func `a scraper sees the run, also after its end`() throws {
    let port = try #require(ServiceEnvironment["METRICS_PORT"])
    let exporter = try PrometheusExporter(try ListenAddress(port, option: "--metrics-port")) { 5 }
    let run = SyntheticRun(500)
    ServiceEnvironment.write(run.table, to: "records.csv")
    exporter.begin(run.description)
    let records = run.records
    for start in stride(from: 0, to: 500, by: 50) {
      exporter.receive(Array(records[start..<start + 50]))
      exporter.tick(at: .seconds(Double(start) / 50))
      usleep(500_000)
    }
    exporter.end(run.result)
    exporter.close(linger: .seconds(20))
  }

  @Test(.enabled(if: ServiceEnvironment["OTLP_URL"] != nil))
  func `a collector receives the run`() throws {
    let endpoint = try #require(ServiceEnvironment["OTLP_URL"])
    var options = try OTLPOptions(
      endpoint: endpoint, environment: ["OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b"])
    options.interval = .milliseconds(100)
    let notes = Notes()
    let exporter = OTLPExporter(options, inFlight: { 5 }, note: { notes.add($0) })
    let run = SyntheticRun(500)
    ServiceEnvironment.write(run.table, to: "records.csv")
    try run.play(to: exporter)
    #expect(notes.all == [])
  }
}
