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
      ("total_requests", Double(summary.counts.total)), ("succeeded_requests", Double(summary.counts.succeeded)),
      ("failed_requests", Double(summary.counts.failed)), ("run_time", summary.runTime),
      ("requests_per_second", summary.rates.requests),
      ("output_tokens_per_second", summary.rates.outputTokens),
      ("total_tokens_per_second", summary.rates.allTokens), ("offered_rate", summary.rates.offered),
      ("achieved_rate", summary.rates.achieved), ("error_rate", summary.counts.errorRate),
      ("goodput", summary.objectives.goodput),
      ("attainment", summary.objectives.attainment), ("scheduled_goodput", summary.objectives.scheduledGoodput),
      ("scheduled_attainment", summary.objectives.scheduledAttainment),
      ("peak_in_flight", Double(summary.inFlight.peak)),
      ("input_tokens", summary.tokens.totalInput.map(Double.init)),
      ("output_tokens", summary.tokens.totalOutput.map(Double.init)),
    ]
    let distributions: [(String, Distribution)] = [
      ("ttft", summary.times.timeToFirstToken), ("latency", summary.times.latency),
      ("response_time", summary.times.responseTime),
      ("tpot", summary.times.timePerOutputToken), ("itl", summary.gaps.interTokenLatency),
      ("schedule_lag", summary.client.scheduleLag),
    ]
    for (name, distribution) in distributions {
      values.append(("\(name)_mean", distribution.mean))
      for p in [50.0, 90, 95, 99] { values.append(("\(name)_p\(Int(p))", distribution.percentile(p))) }
      values.append(("\(name)_max", distribution.max))
    }
    return values
  }
}
