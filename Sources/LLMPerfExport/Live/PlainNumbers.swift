import LLMPerf

extension LiveStatistics {
  /// The numbers of a run so far, under plain names that every service takes; seconds and tokens.
  func plainNumbers(inFlight: Int) -> [(String, Double?)] {
    [
      ("requests_per_second", requestRate), ("output_tokens_per_second", outputTokenRate),
      ("ttft_mean", timeToFirstToken.mean), ("latency_mean", latency.mean),
      ("tpot_mean", timePerOutputToken.mean), ("error_rate", Double(failed) / Double(max(1, completed))),
      ("in_flight", Double(inFlight)),
    ]
  }
}

extension RunResult {
  /// The numbers that people sort runs by, under plain names, in seconds and tokens.
  var plainNumbers: [(String, Double?)] {
    var values: [(String, Double?)] = [
      ("total_requests", Double(summary.totalRequests)), ("succeeded_requests", Double(summary.succeededRequests)),
      ("failed_requests", Double(summary.failedRequests)), ("run_time", summary.runTime),
      ("requests_per_second", summary.requestThroughput),
      ("output_tokens_per_second", summary.outputTokenThroughput),
      ("total_tokens_per_second", summary.totalTokenThroughput), ("offered_rate", summary.offeredRate),
      ("achieved_rate", summary.achievedRate), ("error_rate", summary.errorRate), ("goodput", summary.goodput),
      ("attainment", summary.attainment), ("scheduled_goodput", summary.scheduledGoodput),
      ("scheduled_attainment", summary.scheduledAttainment), ("peak_in_flight", Double(summary.peakInFlight)),
      ("input_tokens", summary.totalInputTokens.map(Double.init)),
      ("output_tokens", summary.totalOutputTokens.map(Double.init)),
    ]
    let distributions: [(String, Distribution)] = [
      ("ttft", summary.timeToFirstToken), ("latency", summary.latency), ("response_time", summary.responseTime),
      ("tpot", summary.timePerOutputToken), ("itl", summary.interTokenLatency), ("schedule_lag", summary.scheduleLag),
    ]
    for (name, distribution) in distributions {
      values.append(("\(name)_mean", distribution.mean))
      for p in [50.0, 90, 95, 99] { values.append(("\(name)_p\(Int(p))", distribution.percentile(p))) }
      values.append(("\(name)_max", distribution.max))
    }
    return values
  }
}
