import LLMPerf

/// The service's counters in Prometheus' text format, under the names that vLLM gives them.
struct MetricsPage {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private static let buckets: [Double] = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  ]

  private(set) var text = ""
  private let labels: String

  init(_ service: SimulatedService) {
    labels = "model_name=\"\(service.configuration.model.escaped)\""
    let counters = service.counters
    let slots = service.configuration.slots
    gauge("vllm:num_requests_running", "Requests that are being answered.", Double(service.engine.running))
    gauge("vllm:num_requests_waiting", "Requests that wait for a slot.", Double(service.engine.waiting))
    gauge(
      "vllm:kv_cache_usage_perc", "Share of the slots in use, 1 is all; 0 without a limit.",
      slots.map { Double(service.engine.running) / Double($0) } ?? 0)
    counter("vllm:prompt_tokens_total", "Prompt tokens of accepted requests.", counters.promptTokens)
    counter("vllm:generation_tokens_total", "Tokens of answers that have ended.", counters.outputTokens)
    head("vllm:request_success_total", "Completed answers.", "counter")
    sample("vllm:request_success_total", "finished_reason=\"stop\"", Double(counters.stopped))
    sample("vllm:request_success_total", "finished_reason=\"length\"", Double(counters.cutByLimit))
    histogram("vllm:time_to_first_token_seconds", "Arrival to first token.", counters.timeToFirstToken)
    histogram("vllm:e2e_request_latency_seconds", "Arrival to last token.", counters.requestTime)
    histogram("vllm:request_queue_time_seconds", "Arrival to slot and prefill.", counters.queueTime)
    histogram("llmuses_simulator_write_lateness_seconds", "Lateness of the simulator's own writes.", counters.lateness)
  }

  private mutating func head(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func sample(_ name: String, _ extra: String?, _ value: Double) {
    let all = extra.map { "\(labels),\($0)" } ?? labels
    text += "\(name){\(all)} \(value)\n"
  }

  private mutating func gauge(_ name: String, _ help: String, _ value: Double) {
    head(name, help, "gauge")
    sample(name, nil, value)
  }

  private mutating func counter(_ name: String, _ help: String, _ value: Int) {
    head(name, help, "counter")
    sample(name, nil, Double(value))
  }

  private mutating func histogram(_ name: String, _ help: String, _ values: LogLinearHistogram) {
    head(name, help, "histogram")
    for bound in MetricsPage.buckets {
      sample("\(name)_bucket", "le=\"\(bound)\"", Double(values.count(upTo: Int64(bound * 1e9))))
    }
    sample("\(name)_bucket", "le=\"+Inf\"", Double(values.count))
    sample("\(name)_sum", nil, values.total / 1e9)
    sample("\(name)_count", nil, Double(values.count))
  }
}
