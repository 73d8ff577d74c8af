/// A run's numbers as members of the JSON report.
struct SummaryJSON {
  private let summary: RunSummary

  init(_ summary: RunSummary) {
    self.summary = summary
  }

  var members: [JSON.Member] {
    [
      ("partial", .bool(summary.isPartial)),
      ("requests", requests),
      ("run_time_seconds", .double(summary.runTime)),
      ("sending_ended_seconds", .double(summary.sendingEnded)),
      ("throughput", throughput),
      ("steady_window", summary.steadyWindow.map(steadyWindow) ?? .null),
      ("tokens", tokens),
      ("events", events),
    ].map { JSON.Member($0.0, $0.1) } + distributions + [
      JSON.Member("confidence_95", confidence), JSON.Member("objectives", objectives),
      JSON.Member("failures", failures), JSON.Member("remarks", remarks),
    ]
  }

  private var requests: JSON {
    // Ways to end that no run has without asking for them stand there only when they occurred.
    let rare = [("abandoned", summary.abandonedRequests), ("skipped", summary.skippedRequests)].filter { $0.1 > 0 }
    return
      ([
        ("scheduled", .int(summary.scheduledRequests)),
        ("total", .int(summary.totalRequests)),
        ("succeeded", .int(summary.succeededRequests)),
        ("failed", .int(summary.failedRequests)),
        ("cut", .int(summary.cutRequests)),
      ] + rare.map { ($0, JSON.int($1)) } + [
        ("never_sent", .int(summary.neverSentRequests)),
        ("warmup", .int(summary.warmupRequests)),
        ("retried", .int(summary.retriedRequests)),
        ("peak_in_flight", .int(summary.peakInFlight)),
        ("max_in_flight", .optional(summary.maxInFlight)),
        ("error_rate", .double(summary.errorRate)),
        ("repeated_prompt_share", .double(summary.repeatedPromptShare)),
        ("shared_prefix_share", .double(summary.sharedPrefixShare)),
        ("mean_prompt_characters", .double(summary.meanPromptLength)),
        ("kernel_stamped_share", .double(summary.kernelStampedShare)),
      ]).asObject
  }

  private var throughput: JSON {
    [
      ("requests_per_second", .double(summary.requestThroughput)),
      ("output_tokens_per_second", .double(summary.outputTokenThroughput)),
      ("total_tokens_per_second", .double(summary.totalTokenThroughput)),
      ("inputs_per_second", .double(summary.inputThroughput)),
      ("events_per_second", .double(summary.eventThroughput)),
      ("offered_requests_per_second", .double(summary.offeredRate)),
      ("sent_requests_per_second", .double(summary.achievedRate)),
      ("good_requests_per_second", .double(summary.goodput)),
      ("attainment", .double(summary.attainment)),
      ("scheduled_good_requests_per_second", .double(summary.scheduledGoodput)),
      ("scheduled_attainment", .double(summary.scheduledAttainment)),
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

  private var tokens: JSON {
    [
      ("source", .string(summary.tokenSource.rawValue)),
      ("total_input", .optional(summary.totalInputTokens)),
      ("total_output", .optional(summary.totalOutputTokens)),
      ("total_reasoning", .optional(summary.totalReasoningTokens)),
      ("total_cached", .optional(summary.totalCachedTokens)),
      ("usage_input", .optional(summary.usageInputTokens)),
      ("usage_output", .optional(summary.usageOutputTokens)),
      ("tokenizer_input", .optional(summary.countedInputTokens)),
      ("tokenizer_output", .optional(summary.countedOutputTokens)),
      ("requests_with_usage", .int(summary.requestsWithUsage)),
      ("requests_with_tokenizer_count", .int(summary.requestsWithTokenizerCount)),
      ("requests_with_both_counts", .int(summary.requestsWithBothCounts)),
      ("disagreement_share", .double(summary.tokenDisagreement)),
    ].asObject
  }

  private var events: JSON {
    [
      ("mean_per_request", .double(summary.meanEventsPerRequest)),
      ("mean_gap_seconds", .double(summary.meanEventGap)),
      ("zero_gap_share", .double(summary.zeroGapShare)),
    ].asObject
  }

  private var distributions: [JSON.Member] {
    let samples: [(String, Distribution)] = [
      ("latency_seconds", summary.latency),
      ("response_time_seconds", summary.responseTime),
      ("ttft_seconds", summary.timeToFirstToken),
      ("scheduled_ttft_seconds", summary.scheduledTimeToFirstToken),
      ("ttfo_seconds", summary.timeToFirstOutput),
      ("tpot_seconds", summary.timePerOutputToken),
      ("inter_chunk_latency_seconds", summary.interChunkLatency),
      ("inter_token_latency_seconds", summary.interTokenLatency),
      ("max_stall_seconds", summary.maxStall),
      ("schedule_lag_seconds", summary.scheduleLag),
      ("start_lag_seconds", summary.startLag),
      ("connect_time_seconds", summary.connectTime),
      ("read_delay_seconds", summary.readDelay),
      ("first_slack_seconds", summary.firstSlack),
      ("earliest_ttft_seconds", summary.earliestTimeToFirstToken),
      ("latency_with_failures_seconds", summary.latencyWithFailures),
      ("response_time_with_failures_seconds", summary.responseTimeWithFailures),
      ("output_tokens_per_second_per_user", summary.outputRatePerUser),
      ("input_tokens_per_request", summary.inputTokens),
      ("output_tokens_per_request", summary.outputTokens),
    ]
    return samples.map { name, sample in
      var json = Self.distribution(sample)
      if name == "inter_token_latency_seconds", case .object(var members) = json {
        members.append(.init("estimated", .bool(summary.interTokenLatencyIsEstimated)))
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
      ("ttft_seconds", Self.intervals(summary.timeToFirstTokenIntervals)),
      ("latency_seconds", Self.intervals(summary.latencyIntervals)),
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

  private var objectives: JSON {
    .array(
      summary.objectives.map { result in
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
