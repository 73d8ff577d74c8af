/// The report's first block: the lines that the original tool printed, with its labels, order and number formats, so
/// that scripts which read it go on working. The values follow this tool's definitions.
struct ClassicReport {
  let run: RunDescription
  let summary: RunSummary

  /// The lines, from the header on.
  var lines: [String] {
    [
      "Benchmarking summary: ",
      " Time taken for tests: \(summary.runTime.map { "\(decimal($0, 3)) seconds" } ?? "n/a")",
      " Expected number of requests: \(run.expectedRequests ?? summary.scheduledRequests)",
      " Number of concurrency: \(wholeNumber(run.parallel))",
      " Total requests: \(summary.totalRequests)",
      " Succeed requests: \(summary.succeededRequests)",
      " Failed requests: \(summary.failedRequests)",
      " Average QPS: \(decimal(summary.requestThroughput, 3))",
      " Average latency: \(decimal(summary.latency.mean, 3))",
      " Throughput(average output tokens per second): \(decimal(summary.outputTokenThroughput, 3))",
      " Average time to first token: \(decimal(summary.timeToFirstToken.mean, 3))",
      " Average input tokens per request: \(decimal(summary.inputTokens.mean, 3))",
      " Average output tokens per request: \(decimal(summary.outputTokens.mean, 3))",
      " Average time per output token: \(decimal(summary.timePerOutputToken.mean, 5))",
      " Average package per request: \(decimal(summary.meanEventsPerRequest, 3))",
      " Average package latency: \(decimal(summary.meanEventGap, 3))",
    ] + percentiles(" Percentile of time to first token: ", of: summary.timeToFirstToken)
      + percentiles(" Percentile of request latency: ", of: summary.latency)
  }

  private func percentiles(_ title: String, of sample: Distribution) -> [String] {
    [title] + LegacyTally.percentiles.map { "     p\(Int($0)): \(decimal(sample.percentile($0), 4))" }
  }
}
