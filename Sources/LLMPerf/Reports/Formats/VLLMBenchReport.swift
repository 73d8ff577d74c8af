/// A run in the shape of the file that `vllm bench serve --save-result` writes, so that dashboards made for it go on.
///
/// The keys are vLLM's; the values follow this tool's definitions: percentiles by nearest rank, TPOT over the time from
/// the first to the last token, run time from the first send to the last end. A number that the run has not got is null, and
/// a sample that it has not got is left out, where vLLM writes 0.
public enum VLLMBenchReport {
  /// The file's bytes.
  ///
  /// - Parameter rows: one whole row for each request; given, the file has the lists of `--save-detailed` too.
  public static func render(_ result: RunResult, rows: [ReportRow]? = nil) -> [UInt8] {
    let run = result.run
    let summary = result.summary
    var members: [JSON.Member] = [
      JSON.Member("date", .string(CivilTime(secondsSince1970: run.wallClockStart).compact)),
      JSON.Member("endpoint_type", .string(run.api)),
      JSON.Member("backend", .string(run.api)),
      JSON.Member("label", .string(run.name)),
      JSON.Member("model_id", .string(run.model)),
      JSON.Member("tokenizer_id", option("tokenizer-path", of: run)),
      JSON.Member("num_prompts", .int(summary.counts.scheduled)),
      JSON.Member("request_rate", requestRate(run)),
      JSON.Member("burstiness", .number("1.0")),
      JSON.Member("max_concurrency", .optional(run.parallel ?? summary.inFlight.limit)),
      JSON.Member("duration", .double(summary.runTime)),
      JSON.Member("completed", .int(summary.counts.succeeded)),
      JSON.Member("failed", .int(summary.counts.failed)),
      JSON.Member("total_input_tokens", .optional(summary.tokens.totalInput)),
      JSON.Member("total_output_tokens", .optional(summary.tokens.totalOutput)),
      JSON.Member("request_throughput", .double(summary.rates.requests)),
      JSON.Member("request_goodput", .double(summary.objectives.goodput)),
      JSON.Member("output_throughput", .double(summary.rates.outputTokens)),
      JSON.Member("total_token_throughput", .double(summary.rates.allTokens)),
    ]
    if let rows { members += details(rows.filter { $0.phase == .measured }) }
    members.append(JSON.Member("max_output_tokens_per_s", .double(peakTokenRate(summary.timeline))))
    members.append(JSON.Member("max_concurrent_requests", .int(summary.inFlight.peak)))
    // The real-time factor of speech recognition; 0 is vLLM's mark for everything else.
    members.append(JSON.Member("rtfx", .number("0.0")))
    for (name, sample) in [
      ("ttft", summary.times.timeToFirstToken), ("tpot", summary.times.timePerOutputToken),
      ("itl", summary.gaps.interChunkLatency),
      ("e2el", summary.times.latency),
    ] { members += statistics(name, sample) }
    return JSON.object(members).utf8() + [UInt8(ascii: "\n")]
  }

  private static func details(_ rows: [ReportRow]) -> [JSON.Member] {
    func list(_ value: (ReportRow) -> JSON) -> JSON { .array(rows.map(value)) }
    // vLLM's lists are of numbers alone: a request that has none stands as 0, and the lists keep their positions.
    return [
      JSON.Member("input_lens", list { .int($0.inputTokens ?? 0) }),
      JSON.Member("output_lens", list { .int($0.succeeded ? $0.outputTokens ?? 0 : 0) }),
      JSON.Member("ttfts", list { .double($0.timeToFirstToken ?? 0) }),
      JSON.Member("itls", list { .array($0.gaps.map { .double($0) }) }),
      JSON.Member("latencies", list { .double($0.latency ?? 0) }),
      JSON.Member("start_times", list { .double($0.sent ?? $0.due) }),
      JSON.Member("queue_times", list { .double($0.scheduleLag ?? 0) }),
      JSON.Member("generated_texts", list { .string($0.text) }),
      JSON.Member("errors", list { .string($0.failure.map { "\($0.code): \($0.message)" } ?? "") }),
    ]
  }

  private static func statistics(_ name: String, _ sample: Distribution) -> [JSON.Member] {
    guard !sample.isEmpty else { return [] }
    func milliseconds(_ value: Double?) -> JSON { .double(value.map { $0 * 1000 }) }
    // vLLM divides by n, not by n − 1.
    let deviation = sample.standardDeviation.map { $0 * (Double(sample.count - 1) / Double(sample.count)).squareRoot() }
    return [
      JSON.Member("mean_\(name)_ms", milliseconds(sample.mean)),
      JSON.Member("median_\(name)_ms", milliseconds(sample.percentile(50))),
      JSON.Member("std_\(name)_ms", milliseconds(deviation ?? 0)),
    ]
      + [50, 90, 95, 99].map { JSON.Member("p\($0)_\(name)_ms", milliseconds(sample.percentile(Double($0)))) }
  }

  /// The most output tokens in a second: of a long run, in one of its slices.
  private static func peakTokenRate(_ timeline: TimeSeries) -> Double? {
    timeline.buckets.compactMap(\.outputTokens).max().map { $0 / timeline.width }
  }

  private static func requestRate(_ run: RunDescription) -> JSON {
    // vLLM's word for "as fast as the limit on requests in flight allows".
    guard let rate = option("rate", of: run).doubleValue, rate > 0 else { return "inf" }
    return .double(rate)
  }

  private static func option(_ name: String, of run: RunDescription) -> JSON {
    run.configuration.last { $0.name == name }?.value ?? .null
  }
}
