/// The report's first block: the lines that the original tool printed, with its labels, order and number formats, so
/// that scripts which read it go on working. The values follow this tool's definitions.
struct ClassicReport {
  let run: RunDescription
  let summary: RunSummary

  /// The lines, from the header on.
  var lines: [String] {
    [
      "Benchmarking summary: ",
      " Time taken for tests: \(summary.runTime.map { "\(NumberText.fixed($0, digits: 3)) seconds" } ?? "n/a")",
      " Expected number of requests: \(run.expectedRequests ?? summary.scheduledRequests)",
      " Number of concurrency: \(NumberText.whole(run.parallel))",
      " Total requests: \(summary.totalRequests)",
      " Succeed requests: \(summary.succeededRequests)",
      " Failed requests: \(summary.failedRequests)",
      " Average QPS: \(NumberText.fixed(summary.requestThroughput, digits: 3))",
      " Average latency: \(NumberText.fixed(summary.latency.mean, digits: 3))",
      " Throughput(average output tokens per second): \(NumberText.fixed(summary.outputTokenThroughput, digits: 3))",
      " Average time to first token: \(NumberText.fixed(summary.timeToFirstToken.mean, digits: 3))",
      " Average input tokens per request: \(NumberText.fixed(summary.inputTokens.mean, digits: 3))",
      " Average output tokens per request: \(NumberText.fixed(summary.outputTokens.mean, digits: 3))",
      " Average time per output token: \(NumberText.fixed(summary.timePerOutputToken.mean, digits: 5))",
      " Average package per request: \(NumberText.fixed(summary.meanEventsPerRequest, digits: 3))",
      " Average package latency: \(NumberText.fixed(summary.meanEventGap, digits: 3))",
    ] + percentiles(" Percentile of time to first token: ", of: summary.timeToFirstToken)
      + percentiles(" Percentile of request latency: ", of: summary.latency)
  }

  private func percentiles(_ title: String, of sample: Distribution) -> [String] {
    [title] + LegacyTally.percentiles.map { "     p\(Int($0)): \(NumberText.fixed(sample.percentile($0), digits: 4))" }
  }
}
