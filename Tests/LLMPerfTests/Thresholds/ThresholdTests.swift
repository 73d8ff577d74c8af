import Testing

@testable import LLMPerf

struct ThresholdTests {
  @Test(arguments: [
    ("p99(ttft) > 500ms", "ttft", Threshold.Comparison.greater, Threshold.Bound.value(0.5)),
    ("p99.9( latency )>=2 s", "latency", .greaterOrEqual, .value(2)),
    ("mean(tpot)>30000us", "tpot", .greater, .value(0.03)),
    ("max(schedule-lag) > 1.5ms", "schedule_lag", .greater, .value(0.0015)),
    ("goodput < 20/s", "goodput", .less, .value(20)),
    ("goodput < 20 /s", "goodput", .less, .value(20)),
    ("output_token_throughput <= 1000 tok/s", "output_token_throughput", .lessOrEqual, .value(1000)),
    ("QPS < 20", "request_throughput", .less, .value(20)),
    ("error_rate > 1%", "error_rate", .greater, .value(0.01)),
    ("error_rate != 0", "error_rate", .unequal, .value(0)),
    ("failed_requests == 3", "failed_requests", .equal, .value(3)),
    ("mean(output_tokens) < 100", "output_tokens", .less, .value(100)),
    ("p95(latency) > 1.1 × baseline", "latency", .greater, .baseline(factor: 1.1)),
    ("p95(latency) > 1.1x baseline", "latency", .greater, .baseline(factor: 1.1)),
    ("p95(latency) > 1.1xbaseline", "latency", .greater, .baseline(factor: 1.1)),
    ("p95(latency) > 1.1*baseline", "latency", .greater, .baseline(factor: 1.1)),
    ("p95(latency) > baseline * 2", "latency", .greater, .baseline(factor: 2)),
    ("p95(e2el) ≥ baseline", "latency", .greaterOrEqual, .baseline(factor: 1)),
    ("p95(latency) > 110% baseline", "latency", .greater, .baseline(factor: 1.1)),
    ("p95(latency) > 110 % × baseline", "latency", .greater, .baseline(factor: 1.1)),
    ("p95(latency) > baseline + 50%", "latency", .greater, .baseline(factor: 1.5)),
    ("qps < baseline -25 %", "request_throughput", .less, .baseline(factor: 0.75)),
    ("error_rate > 200% baseline", "error_rate", .greater, .baseline(factor: 2)),
    ("P99(TTFT) > 500MS", "ttft", .greater, .value(0.5)),
    ("run_time > 2h", "run_time", .greater, .value(7200)),
    ("min(itl) < 0", "itl", .less, .value(0)),
  ])
  func `reads every form`(
    text: String, metric: String, comparison: Threshold.Comparison, bound: Threshold.Bound
  ) throws {
    let threshold = try Threshold(parsing: "  \(text) ")
    #expect(threshold.metric.name == metric)
    #expect(threshold.comparison == comparison)
    #expect(threshold.bound == bound)
    #expect(threshold.description == text)
  }

  @Test(arguments: [
    ("p99(ttft)>500", "character 14: ttft takes a time with its unit"),
    ("p99(ttft) > 500 kg", "character 17: ttft takes a time with its unit: s, ms, us, ns, min or h, as in 500ms; «kg»"),
    ("goodput < 20ms", "character 13: goodput takes a rate"),
    ("error_rate > 1s", "character 15: error_rate takes a share"),
    ("ttft > 1s", "character 1: ttft is a sample; say which value of it: mean(ttft)"),
    ("p99(goodput) < 1", "character 1: goodput is one number and has no p99"),
    ("p99(tttf) > 1s", "character 5: «tttf» is not a metric; did you mean ttft?"),
    ("p101(ttft) > 1s", "character 1: «p101» is not a percentile"),
    ("sum(ttft) > 1s", "character 1: «sum» is not known"),
    ("p99(ttft > 1s", "character 10: «)» is expected"),
    ("p99() > 1s", "character 5: the name of a metric is expected"),
    ("p99(ttft) = 1s", "character 11: a comparison is expected"),
    ("p99(ttft) >", "character 12: a bound is expected: a time with its unit"),
    ("p99(ttft) > -1s", "character 13: a bound is expected: a time with its unit"),
    ("p99(ttft) > 5%", "character 14: ttft takes a time with its unit"),
    ("qps < 5%", "character 8: qps takes a rate"),
    ("5ms < p99(ttft)", "character 1: a metric is expected"),
    ("qps < baseline + 5", "character 19: «%» is expected"),
    ("qps < baseline + x", "character 18: a share is expected"),
    ("p99(ttft) > 1 × base", "character 17: «baseline» is expected"),
    ("p99(ttft) > baseline × x", "character 24: a number is expected"),
    ("goodput < 20/s and more", "character 16: «and more» is left over"),
    ("", "character 1: a metric is expected"),
  ])
  func `says where the mistake is and what is accepted`(text: String, words: String) {
    let error = #expect(throws: UsageError.self) { try Threshold(parsing: text) }
    #expect(error?.message.contains("--fail-if '\(text)', \(words)") == true, "\(error?.message ?? "")")
  }

  private func run() -> RunSummary {
    var summary = RunSummary()
    summary.times.timeToFirstToken = Distribution((1...200).map { Double($0) / 1000 })
    summary.times.latencyWithFailures = Distribution([1, 2, .infinity])
    (summary.counts.total, summary.counts.succeeded) = (200, 196)
    summary.rates.requests = 10
    return summary
  }

  @Test(arguments: [
    ("p99(ttft) > 197ms", true), ("p99(ttft) > 198ms", false), ("mean(ttft) > 100ms", true),
    ("max(ttft) >= 200ms", true), ("min(ttft) < 1ms", false), ("median(ttft) == 0.1s", true), ("error_rate > 1%", true),
    ("error_rate > 2%", false), ("qps < 10/s", false), ("qps <= 10/s", true),
    ("p99(latency_with_failures) > 100s", true),
    ("goodput < 20/s", true), ("p50(tpot) > 1s", true),
  ])
  func `is missed when its condition holds or nothing was measured`(text: String, isMissed: Bool) throws {
    let report = ThresholdReport([try Threshold(parsing: text)], run: run(), verdict: Verdict())
    #expect(report.results.first?.isMissed == isMissed)
    #expect(report.isPassed == !isMissed)
  }

  @Test func `says why a metric that does not exist is a miss`() throws {
    let report = ThresholdReport([try Threshold(parsing: "goodput < 20/s")], run: run(), verdict: Verdict())
    #expect(report.lines == ["MISSED  goodput < 20/s  (goodput does not exist in this run)"])
  }

  @Test func `holds a run against the baseline`() throws {
    var old = run()
    old.times.timeToFirstToken = Distribution((1...200).map { Double($0) / 2000 })
    old.rates.requests = nil
    let thresholds = try [
      "p99(ttft) > 1.5 × baseline", "p99(ttft) > 2 × baseline", "qps < baseline", "error_rate > baseline",
    ].map(Threshold.init(parsing:))
    let report = ThresholdReport(thresholds, run: run(), verdict: Verdict(), baseline: old)
    #expect(report.results.map(\.isMissed) == [true, false, true, false])
    #expect(report.results[0].message == "it is 198 ms, the limit 149 ms = 1.5 × 99.0 ms")
    #expect(report.results[2].message == "request_throughput does not exist in the baseline")
    #expect(report.results[3].message == "it is 2 %, the limit 2 % of the baseline")
  }

  @Test func `needs a baseline before anything is sent`() throws {
    let thresholds = [try Threshold(parsing: "qps < baseline")]
    #expect(throws: UsageError.self) { try ThresholdReport.check(thresholds, hasBaseline: false) }
    try ThresholdReport.check(thresholds, hasBaseline: true)
  }

  @Test(arguments: ["goodput < 20/s", "attainment < 99%"])
  func `needs objectives before anything is sent`(text: String) throws {
    let thresholds = [try Threshold(parsing: text)]
    let error = #expect(throws: UsageError.self) {
      try ThresholdReport.check(thresholds, hasBaseline: false, hasObjectives: false)
    }
    #expect(error?.message.contains("--goodput") == true)
    try ThresholdReport.check(thresholds, hasBaseline: false, hasObjectives: true)
  }

  @Test func `fails an invalid run unless that is allowed`() {
    let verdict = Verdict(reasons: [Verdict.Reason(.invalid, code: "client-cpu", "the client was busy")])
    let report = ThresholdReport([], run: run(), verdict: verdict)
    #expect(!report.isPassed)
    #expect(report.lines == ["MISSED  the run is INVALID: the client was busy"])
    #expect(ThresholdReport([], run: run(), verdict: verdict, allowsInvalid: true).isPassed)
  }
}
