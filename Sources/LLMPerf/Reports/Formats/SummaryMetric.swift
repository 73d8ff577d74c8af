/// A number of `RunSummary` by the name under which thresholds, tables and exports know it.
public struct SummaryMetric: Sendable {
  /// What a value of the metric is.
  public enum Unit: String, Sendable {
    /// Seconds.
    case seconds = "s"
    /// Something per second.
    case perSecond = "/s"
    /// A share of 1.
    case share = ""
    /// A number of things.
    case count = "count"
  }

  /// Where its value lies in a summary.
  enum Source: Sendable {
    case scalar(@Sendable (RunSummary) -> Double?)
    case distribution(@Sendable (RunSummary) -> Distribution)
  }

  /// Its name for machines: `ttft`, `error_rate`.
  public let name: String
  /// Other names that users know it by.
  let aliases: [String]
  /// Its name for people.
  public let label: String
  /// What its values are.
  public let unit: Unit
  let source: Source

  /// Whether it is a sample, of which thresholds ask for a percentile, the mean, the minimum or the maximum.
  public var isDistribution: Bool {
    if case .distribution = source { true } else { false }
  }

  /// Whether failed requests stand in it as infinitely long: without any it repeats another metric.
  var countsFailures: Bool { name.hasSuffix("_with_failures") }

  /// Whether it exists only where limits for each request were given.
  var needsObjectives: Bool { name.hasSuffix("goodput") || name.hasSuffix("attainment") }

  /// The one value of a metric that is not a sample; nil when the run has none.
  public func value(in summary: RunSummary) -> Double? {
    guard case .scalar(let value) = source else { return nil }
    return value(summary)
  }

  /// The sample; empty when the run has none, and for a metric that is not one.
  public func distribution(in summary: RunSummary) -> Distribution {
    guard case .distribution(let sample) = source else { return Distribution() }
    return sample(summary)
  }

  /// The metric that is called `name`, by its name or an alias; `-` and `_` and the case of letters make no difference.
  static func named(_ name: String) -> SummaryMetric? {
    let name = name.lowercased().map { $0 == "-" ? "_" : $0 }
    let wanted = String(name)
    return all.first { $0.name == wanted } ?? all.first { $0.aliases.contains(wanted) }
  }

  /// Every metric, in the order of the report.
  public static let all: [SummaryMetric] = distributions + scalars
}

extension SummaryMetric {
  /// The metrics that are samples.
  public static let distributions: [SummaryMetric] = [
    sample("ttft", ["time_to_first_token"], "Time to first token", .seconds) { $0.times.timeToFirstToken },
    sample("scheduled_ttft", [], "Time to first token from the schedule", .seconds) {
      $0.times.scheduledTimeToFirstToken
    },
    sample("ttfo", ["time_to_first_output"], "Time to first visible output", .seconds) { $0.times.timeToFirstOutput },
    sample("latency", ["e2el", "e2e_latency"], "Latency", .seconds) { $0.times.latency },
    sample("response_time", [], "Response time from the schedule", .seconds) { $0.times.responseTime },
    sample("latency_with_failures", [], "Latency, failures as ∞", .seconds) { $0.times.latencyWithFailures },
    sample("response_time_with_failures", [], "Response time, failures as ∞", .seconds) {
      $0.times.responseTimeWithFailures
    },
    sample("tpot", ["time_per_output_token"], "Time per output token", .seconds) { $0.times.timePerOutputToken },
    sample("itl", ["inter_token_latency"], "Inter-token latency", .seconds) { $0.gaps.interTokenLatency },
    sample("icl", ["inter_chunk_latency"], "Inter-chunk latency", .seconds) { $0.gaps.interChunkLatency },
    sample("max_stall", [], "Longest gap between chunks", .seconds) { $0.times.maxStall },
    sample("output_rate_per_user", [], "Output tokens per second and user", .perSecond) { $0.times.outputRatePerUser },
    sample("schedule_lag", [], "Schedule lag", .seconds) { $0.client.scheduleLag },
    sample("start_lag", [], "Schedule lag without connecting", .seconds) { $0.client.startLag },
    sample("connect_time", [], "Connect time", .seconds) { $0.times.connectTime },
    sample("read_delay", [], "Read delay of the client", .seconds) { $0.client.readDelay },
    sample("first_slack", [], "How much earlier first tokens may have come", .seconds) { $0.client.firstSlack },
    sample("input_tokens", [], "Input tokens", .count) { $0.tokens.inputPerRequest },
    sample("output_tokens", [], "Output tokens", .count) { $0.tokens.outputPerRequest },
  ]

  /// The metrics that are one number.
  public static let scalars: [SummaryMetric] = [
    scalar("total_requests", ["requests"], "Requests", .count) { Double($0.counts.total) },
    scalar("succeeded_requests", ["succeeded"], "Succeeded requests", .count) { Double($0.counts.succeeded) },
    scalar("failed_requests", ["failed", "failures"], "Failed requests", .count) { Double($0.counts.failed) },
    scalar("cut_requests", [], "Requests cut by the end of the run", .count) { Double($0.counts.cut) },
    scalar("never_sent_requests", [], "Requests never sent", .count) { Double($0.counts.neverSent) },
    scalar("error_rate", [], "Error rate", .share) { $0.counts.errorRate },
    scalar("run_time", ["duration"], "Run time", .seconds) { $0.runTime },
    scalar("request_throughput", ["qps", "rps"], "Request throughput", .perSecond) { $0.rates.requests },
    scalar("output_token_throughput", ["output_throughput"], "Output token throughput", .perSecond) {
      $0.rates.outputTokens
    },
    scalar("total_token_throughput", ["token_throughput"], "Total token throughput", .perSecond) {
      $0.rates.allTokens
    },
    scalar("input_throughput", [], "Input throughput", .perSecond) { $0.rates.inputs },
    scalar("offered_rate", [], "Offered rate", .perSecond) { $0.rates.offered },
    scalar("achieved_rate", [], "Achieved rate", .perSecond) { $0.rates.achieved },
    scalar("goodput", [], "Goodput", .perSecond) { $0.objectives.goodput },
    scalar("attainment", [], "SLO attainment", .share) { $0.objectives.attainment },
    scalar("scheduled_goodput", [], "Goodput from the due time", .perSecond) { $0.objectives.scheduledGoodput },
    scalar("scheduled_attainment", [], "SLO attainment from the due time", .share) {
      $0.objectives.scheduledAttainment
    },
    scalar("steady_request_throughput", [], "Request throughput, steady window", .perSecond) {
      $0.steadyWindow?.requestThroughput
    },
    scalar("steady_output_token_throughput", [], "Output token throughput, steady window", .perSecond) {
      $0.steadyWindow?.outputTokenThroughput
    },
    scalar("token_disagreement", [], "Disagreement of token counts", .share) { $0.tokens.disagreement },
    scalar("event_throughput", [], "Events", .perSecond) { $0.rates.events },
    scalar("peak_in_flight", [], "Most requests in flight", .count) { Double($0.inFlight.peak) },
    scalar("total_input_tokens", [], "Total input tokens", .count) { $0.tokens.totalInput.map(Double.init) },
    scalar("total_output_tokens", [], "Total output tokens", .count) { $0.tokens.totalOutput.map(Double.init) },
    scalar("total_reasoning_tokens", [], "Total reasoning tokens", .count) {
      $0.tokens.totalReasoning.map(Double.init)
    },
    scalar("total_cached_tokens", [], "Total cached tokens", .count) { $0.tokens.totalCached.map(Double.init) },
  ]

  private static func sample(
    _ name: String, _ aliases: [String], _ label: String, _ unit: Unit,
    _ value: @escaping @Sendable (RunSummary) -> Distribution
  ) -> SummaryMetric {
    SummaryMetric(name: name, aliases: aliases, label: label, unit: unit, source: .distribution(value))
  }

  private static func scalar(
    _ name: String, _ aliases: [String], _ label: String, _ unit: Unit,
    _ value: @escaping @Sendable (RunSummary) -> Double?
  ) -> SummaryMetric {
    SummaryMetric(name: name, aliases: aliases, label: label, unit: unit, source: .scalar(value))
  }
}

extension SummaryMetric.Unit {
  /// `value` with its unit, for people.
  package func text(_ value: Double?) -> String {
    switch self {
    case .seconds: NumberText.time(value)
    case .perSecond: value.map { NumberText.short($0) + " /s" } ?? "n/a"
    case .share: NumberText.percent(value)
    case .count: NumberText.short(value)
    }
  }
}
