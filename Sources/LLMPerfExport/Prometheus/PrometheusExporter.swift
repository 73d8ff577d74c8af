package import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// Serves a run's counters and histograms at `/metrics` while it goes on, for Prometheus to scrape.
package final class PrometheusExporter: RecordSink {
  private struct Page {
    var meters = RunMeters()
    var run: RunDescription?
    var warmups = 0
    var client: ClientSampler.Sample?
    var isFinished = false
  }

  private final class Shared: Sendable {
    let page = Lock(Page())
    let wasScraped = Waker()
  }

  private let shared = Shared()
  private let server: HTTPServer
  private var sampler = ClientSampler()
  private var nextSample = 0.0

  /// An exporter that listens from now on.
  ///
  /// - Parameter inFlight: The number of requests in flight, now; called on the server's thread.
  /// - Throws: `UsageError` when `place` cannot be listened on.
  package init(_ place: ListenAddress, inFlight: @escaping @Sendable () -> Int) throws {
    let shared = shared
    let names = OwnNames(place)
    server = try HTTPServer(.init(page: place)) { _ in
      var router = Router()
      router.refusal = { names.refusal(of: $0) }
      router.on("GET", "/metrics") { _ in
        let page = shared.page.withLock { $0 }
        if page.isFinished { shared.wasScraped.signal() }
        return .whole(.text(Self.text(page, inFlight: inFlight()), contentType: PrometheusText.contentType))
      }
      router.on("GET", "/") { _ in
        .whole(.text("<a href=\"/metrics\">Metrics</a>\n", contentType: "text/html; charset=utf-8"))
      }
      return router
    }
  }

  /// The address of the page.
  package var url: String { server.url + "/metrics" }

  package func begin(_ run: RunDescription) {
    sample()
    shared.page.withLock { $0.run = run }
  }

  package func receive(_ records: [RequestRecord]) {
    shared.page.withLock { page in
      for record in records {
        if record.phase == .warmup { page.warmups += 1 }
        page.meters.add(record)
      }
    }
  }

  package func tick(at now: RunInstant) {
    guard now.seconds >= nextSample else { return }
    nextSample = now.seconds + 1
    sample()
  }

  package func end(_ result: RunResult) {
    sample()
    shared.page.withLock { $0.isFinished = true }
  }

  /// Takes the page away: at once, or when it has been scraped after the run's end, but after `linger` at the latest.
  /// A run that is shorter than the scrape interval would else leave no trace.
  package func close(linger: Duration = .zero) {
    if linger > .zero { shared.wasScraped.wait(nanoseconds: linger.wholeNanoseconds) }
    try? server.stop()
  }

  private func sample() {
    let sample = sampler.sample()
    shared.page.withLock { $0.client = sample }
  }

  private static func text(_ page: Page, inFlight: Int) -> String {
    var text = PrometheusText()
    let meters = page.meters
    let failed = meters.failures.reduce(0) { $0 + $1.count }
    text.family(
      "llmuses_requests_total", "counter", "Requests that have ended, warm-up left out.",
      [([("outcome", "success")], Double(meters.succeeded)), ([("outcome", "failure")], Double(failed))])
    if !meters.failures.isEmpty {
      text.family(
        "llmuses_request_failures_total", "counter", "Failed requests by class.",
        meters.failures.map { ([("code", $0.code)], Double($0.count)) })
    }
    text.family("llmuses_warmup_requests_total", "counter", "Warm-up requests that have ended.", Double(page.warmups))
    text.family("llmuses_requests_in_flight", "gauge", "Requests sent and not ended.", Double(inFlight))
    text.family(
      "llmuses_input_tokens_total", "counter", "Prompt tokens of successful requests.", Double(meters.inputTokens))
    text.family(
      "llmuses_output_tokens_total", "counter", "Generated tokens of successful requests.", Double(meters.outputTokens))
    text.family("llmuses_sent_bytes_total", "counter", "Bytes of requests, above TLS.", Double(meters.bytesSent))
    text.family(
      "llmuses_received_bytes_total", "counter", "Bytes of responses, above TLS.", Double(meters.bytesReceived))
    text.histogram(
      "llmuses_time_to_first_token_seconds", "First generated token minus request sent, of successful streams.",
      meters.timeToFirstToken)
    text.histogram(
      "llmuses_request_latency_seconds", "Last token, or end, minus request sent, of successful requests.",
      meters.latency)
    text.histogram(
      "llmuses_time_per_output_token_seconds", "Time from first to last token over the tokens after the first.",
      meters.timePerOutputToken)
    text.histogram(
      "llmuses_inter_chunk_latency_seconds", "Gaps between events that carry output.", meters.interChunkLatency)
    text.histogram(
      "llmuses_schedule_lag_seconds", "How much later than due requests were sent.", meters.scheduleLag)
    text.histogram("llmuses_connect_seconds", "Time to connect, TLS included.", meters.connectTime)
    if let run = page.run {
      let labels = [("name", run.name), ("model", run.model), ("api", run.api), ("version", run.version)]
      text.family("llmuses_run_info", "gauge", "What the run is.", [(labels.map { ($0.0, $0.1) }, 1)])
      text.family(
        "llmuses_run_start_time_seconds", "gauge", "When the run started, since 1970.", run.wallClockStart)
      if let expected = run.expectedRequests {
        text.family("llmuses_requests_expected", "gauge", "Requests that the run is to send.", Double(expected))
      }
    }
    text.family("llmuses_run_finished", "gauge", "1 once the run has ended.", page.isFinished ? 1 : 0)
    if let client = page.client {
      text.family(
        "process_cpu_seconds_total", "counter", "CPU time of the load generator.", client.cpuSeconds)
      text.family(
        "process_resident_memory_bytes", "gauge", "Resident memory of the load generator.",
        Double(client.residentBytes))
    }
    return text.text
  }
}
