import LLMPerf
import LLMPerfWire
import Testing

@testable import LLMPerfExport

struct PrometheusExporterTests {
  private func page(_ exporter: PrometheusExporter) throws -> [String] {
    let response = try FetchClient().send(FetchRequest("GET", HTTPAddress(exporter.url)))
    #expect(response.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
    return String(decoding: response.body, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test
  func `serves counters and cumulative histograms while the run goes on, and after its end`() throws {
    let exporter = try PrometheusExporter(try ListenAddress("0", option: "--metrics-port")) { 9 }
    defer { exporter.close() }
    var run = SyntheticRun(70)
    run.description.name = "a \"b\"\n\\"
    #expect(try page(exporter).contains("llmuses_requests_in_flight 9"))
    exporter.begin(run.description)
    exporter.receive(run.records)
    var lines = try page(exporter)
    #expect(lines.contains(#"llmuses_requests_total{outcome="success"} 60"#))
    #expect(lines.contains(#"llmuses_request_failures_total{code="http-503"} 10"#))
    #expect(lines.contains { $0.hasPrefix(#"llmuses_run_info{name="a \"b\"\n\\",model="qwen/7b""#) })
    #expect(lines.contains("llmuses_run_finished 0"))
    let buckets = lines.filter { $0.hasPrefix("llmuses_request_latency_seconds_bucket") }
    let counts = buckets.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
    #expect(counts == counts.sorted() && counts.last == 60 && buckets.last?.contains(#"le="+Inf""#) == true)
    exporter.end(run.result)
    lines = try page(exporter)
    #expect(lines.contains("llmuses_run_finished 1"))
    // It has been scraped after the end, so this does not wait.
    exporter.close(linger: .seconds(3600))
  }

  @Test
  func `a value on a bound belongs to its bucket`() {
    var histogram = FixedHistogram([1, 2])
    for value in [0.5, 1, 1.5, 2, 3, .nan] { histogram.add(value) }
    #expect(histogram.counts == [2, 2, 1] && histogram.sum == 8 && histogram.maximum == 3)
  }

  @Test
  func `a port in use is a usage error`() throws {
    let exporter = try PrometheusExporter(try ListenAddress("0", option: "--metrics-port")) { 0 }
    defer { exporter.close() }
    let port = try HTTPAddress(exporter.url).port
    #expect(throws: UsageError.self) {
      try PrometheusExporter(try ListenAddress("\(port)", option: "--metrics-port")) { 0 }
    }
  }

  @Test(arguments: [("80", "127.0.0.1", true), ("0.0.0.0:81", "0.0.0.0", false), ("[::1]:82", "::1", true)])
  func `a port alone is on loopback`(text: String, address: String, isLoopback: Bool) throws {
    let place = try ListenAddress(text, option: "--dashboard")
    #expect(place.address == address && place.isLoopback == isLoopback)
  }

  @Test(arguments: ["", "x", "70000", "host:80", ":"])
  func `refuses what is no port`(text: String) {
    #expect(throws: UsageError.self) { try ListenAddress(text, option: "--dashboard") }
  }
}
