/// A run's numbers as members of the JSON report.
struct SummaryJSON {
  private let summary: RunSummary

  init(_ summary: RunSummary) {
    self.summary = summary
  }

  var members: [JSON.Member] {
    let slices = summary.slices.isEmpty ? [] : [JSON.Member("slices", .array(summary.slices.map(Self.slice)))]
    return [
      ("partial", .bool(summary.isPartial)),
      ("requests", requests),
      ("run_time_seconds", .double(summary.runTime)),
      ("sending_ended_seconds", .double(summary.sendingEnded)),
      ("throughput", Self.throughput(summary.rates, summary.objectives)),
      ("steady_window", summary.steadyWindow.map(steadyWindow) ?? .null),
      ("tokens", Self.tokens(summary.tokens)),
      ("events", Self.events(summary.events, summary.gaps)),
    ].map { JSON.Member($0.0, $0.1) }
      + Self.distributions(summary.times, summary.gaps, summary.client, summary.tokens) + [
        JSON.Member("confidence_95", confidence), JSON.Member("objectives", Self.objectives(summary.objectives)),
        JSON.Member("failures", failures), JSON.Member("remarks", remarks),
      ] + slices
  }

  /// A slice: what it is of, and the members that the whole run has of the same.
  private static func slice(_ slice: RunSlice) -> JSON {
    .object(
      [
        ("key", .string(slice.key)), ("name", .string(slice.name)),
        ("requests", (counts(slice.counts) + [("error_rate", .double(slice.counts.errorRate))]).asObject),
        ("run_time_seconds", .double(slice.runTime)),
        ("throughput", throughput(slice.rates, slice.objectives)),
        ("tokens", tokens(slice.tokens)),
        ("events", events(slice.events, slice.gaps)),
      ].map { JSON.Member($0.0, $0.1) }
        + distributions(slice.times, slice.gaps, slice.client, slice.tokens)
        + [JSON.Member("objectives", objectives(slice.objectives))])
  }

  /// How many requests ended how. Ways to end that no run has without asking for them stand there only when they occurred.
  private static func counts(_ counts: RequestCounts) -> [(String, JSON)] {
    let rare = [("abandoned", counts.abandoned), ("skipped", counts.skipped)].filter { $0.1 > 0 }
    return [
      ("scheduled", .int(counts.scheduled)),
      ("total", .int(counts.total)),
      ("succeeded", .int(counts.succeeded)),
      ("failed", .int(counts.failed)),
      ("cut", .int(counts.cut)),
    ] + rare.map { ($0, .int($1)) } + [("never_sent", .int(counts.neverSent))]
  }

  private var requests: JSON {
    (Self.counts(summary.counts) + [
      ("warmup", .int(summary.counts.warmup)),
      ("retried", .int(summary.counts.retried)),
      ("peak_in_flight", .int(summary.inFlight.peak)),
      ("max_in_flight", .optional(summary.inFlight.limit)),
      ("error_rate", .double(summary.counts.errorRate)),
      ("repeated_prompt_share", .double(summary.prompts.repeatedShare)),
      ("shared_prefix_share", .double(summary.prompts.sharedPrefixShare)),
      ("mean_prompt_characters", .double(summary.prompts.meanLength)),
      ("kernel_stamped_share", .double(summary.client.kernelStampedShare)),
    ]).asObject
  }

  private static func throughput(_ rates: RunRates, _ objectives: ObjectiveNumbers) -> JSON {
    [
      ("requests_per_second", .double(rates.requests)),
      ("output_tokens_per_second", .double(rates.outputTokens)),
      ("total_tokens_per_second", .double(rates.allTokens)),
      ("inputs_per_second", .double(rates.inputs)),
      ("events_per_second", .double(rates.events)),
      ("offered_requests_per_second", .double(rates.offered)),
      ("sent_requests_per_second", .double(rates.achieved)),
      ("good_requests_per_second", .double(objectives.goodput)),
      ("attainment", .double(objectives.attainment)),
      ("scheduled_good_requests_per_second", .double(objectives.scheduledGoodput)),
      ("scheduled_attainment", .double(objectives.scheduledAttainment)),
    ].asObject
  }

  private func steadyWindow(_ window: SteadyWindow) -> JSON {
    [
      ("start_seconds", .double(window.start)),
      ("end_seconds", .double(window.end)),
      ("requests_per_second", .double(window.requestThroughput)),
      ("output_tokens_per_second", .double(window.outputTokenThroughput)),
      ("mean_in_flight", .double(window.meanInFlight)),
    ].asObject
  }

  private static func tokens(_ tokens: TokenNumbers) -> JSON {
    [
      ("source", .string(tokens.source.rawValue)),
      ("total_input", .optional(tokens.totalInput)),
      ("total_output", .optional(tokens.totalOutput)),
      ("total_reasoning", .optional(tokens.totalReasoning)),
      ("total_cached", .optional(tokens.totalCached)),
      ("usage_input", .optional(tokens.usageInput)),
      ("usage_output", .optional(tokens.usageOutput)),
      ("tokenizer_input", .optional(tokens.countedInput)),
      ("tokenizer_output", .optional(tokens.countedOutput)),
      ("requests_with_usage", .int(tokens.requestsWithUsage)),
      ("requests_with_tokenizer_count", .int(tokens.requestsWithTokenizerCount)),
      ("requests_with_both_counts", .int(tokens.requestsWithBothCounts)),
      ("disagreement_share", .double(tokens.disagreement)),
    ].asObject
  }

  private static func events(_ events: EventNumbers, _ gaps: GapTimes) -> JSON {
    [
      ("mean_per_request", .double(events.meanPerRequest)),
      ("mean_gap_seconds", .double(events.meanGap)),
      ("zero_gap_share", .double(gaps.zeroShare)),
    ].asObject
  }

  private static func distributions(
    _ times: RequestTimes, _ gaps: GapTimes, _ client: ClientTimes, _ tokens: TokenNumbers
  ) -> [JSON.Member] {
    let samples: [(String, Distribution)] = [
      ("latency_seconds", times.latency),
      ("response_time_seconds", times.responseTime),
      ("ttft_seconds", times.timeToFirstToken),
      ("scheduled_ttft_seconds", times.scheduledTimeToFirstToken),
      ("ttfo_seconds", times.timeToFirstOutput),
      ("tpot_seconds", times.timePerOutputToken),
      ("inter_chunk_latency_seconds", gaps.interChunkLatency),
      ("inter_token_latency_seconds", gaps.interTokenLatency),
      ("max_stall_seconds", times.maxStall),
      ("schedule_lag_seconds", client.scheduleLag),
      ("start_lag_seconds", client.startLag),
      ("connect_time_seconds", times.connectTime),
      ("read_delay_seconds", client.readDelay),
      ("first_slack_seconds", client.firstSlack),
      ("earliest_ttft_seconds", client.earliestTimeToFirstToken),
      ("latency_with_failures_seconds", times.latencyWithFailures),
      ("response_time_with_failures_seconds", times.responseTimeWithFailures),
      ("output_tokens_per_second_per_user", times.outputRatePerUser),
      ("input_tokens_per_request", tokens.inputPerRequest),
      ("output_tokens_per_request", tokens.outputPerRequest),
    ]
    return samples.map { name, sample in
      var json = distribution(sample)
      if name == "inter_token_latency_seconds", case .object(var members) = json {
        members.append(.init("estimated", .bool(gaps.isEstimated)))
        json = .object(members)
      }
      return JSON.Member(name, json)
    }
  }

  /// A sample's numbers; null when it is empty. A percentile that falls on a failure is null.
  static func distribution(_ sample: Distribution) -> JSON {
    guard !sample.isEmpty else { return .null }
    let percentiles: [(String, Double)] = [
      ("p50", 50), ("p66", 66), ("p75", 75), ("p80", 80), ("p90", 90), ("p95", 95), ("p98", 98), ("p99", 99),
      ("p99.9", 99.9), ("p99.99", 99.99),
    ]
    return
      ([
        ("count", .int(sample.count)),
        ("mean", .double(sample.mean)),
        ("standard_deviation", .double(sample.standardDeviation)),
        ("min", .double(sample.min)),
      ] + percentiles.map { ($0, JSON.double(sample.percentile($1))) } + [
        ("max", .double(sample.max)),
        ("too_few_for", .array(percentiles.filter { sample.hasTooFew(for: $0.1) }.map { .string($0.0) })),
        ("relative_error", .double(sample.relativeError)),
      ]).asObject
  }

  private var confidence: JSON {
    [
      ("ttft_seconds", Self.intervals(summary.certainty.timeToFirstToken)),
      ("latency_seconds", Self.intervals(summary.certainty.latency)),
    ].asObject
  }

  private static func intervals(_ intervals: MetricIntervals) -> JSON {
    func pair(_ interval: ConfidenceInterval?) -> JSON {
      interval.map { [.double($0.low), .double($0.high)] } ?? .null
    }
    return [
      ("effective_count", .double(intervals.effectiveCount)),
      ("mean", pair(intervals.mean)),
      ("p50", pair(intervals.p50)),
      ("p90", pair(intervals.p90)),
      ("p95", pair(intervals.p95)),
      ("p99", pair(intervals.p99)),
    ].asObject
  }

  private static func objectives(_ objectives: ObjectiveNumbers) -> JSON {
    .array(
      objectives.each.map { result in
        [
          ("metric", .string(result.objective.metric.rawValue)),
          ("limit_seconds", .double(result.objective.limit.inSeconds)),
          ("attainment", .double(result.attainment)),
          ("scheduled_attainment", .double(result.scheduledAttainment)),
        ].asObject
      })
  }

  /// Answers with each remark.
  private var remarks: JSON {
    ReadingRemarks.named.map { named in
      (named.name, JSON.int(summary.remarks.first { $0.remark == named.remark }?.count ?? 0))
    }.asObject
  }

  private var failures: JSON {
    .array(
      summary.failures.map { failure in
        [
          ("code", .string(failure.code.description)), ("count", .int(failure.count)),
          ("sample", .string(failure.sample)),
        ].asObject
      })
  }
}
