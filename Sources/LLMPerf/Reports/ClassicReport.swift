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
      " Expected number of requests: \(run.expectedRequests ?? summary.counts.scheduled)",
      " Number of concurrency: \(NumberText.whole(run.parallel))",
      " Total requests: \(summary.counts.total)",
      " Succeed requests: \(summary.counts.succeeded)",
      " Failed requests: \(summary.counts.failed)",
      " Average QPS: \(NumberText.fixed(summary.rates.requests, digits: 3))",
      " Average latency: \(NumberText.fixed(summary.times.latency.mean, digits: 3))",
      " Throughput(average output tokens per second): \(NumberText.fixed(summary.rates.outputTokens, digits: 3))",
      " Average time to first token: \(NumberText.fixed(summary.times.timeToFirstToken.mean, digits: 3))",
      " Average input tokens per request: \(NumberText.fixed(summary.tokens.inputPerRequest.mean, digits: 3))",
      " Average output tokens per request: \(NumberText.fixed(summary.tokens.outputPerRequest.mean, digits: 3))",
      " Average time per output token: \(NumberText.fixed(summary.times.timePerOutputToken.mean, digits: 5))",
      " Average package per request: \(NumberText.fixed(summary.events.meanPerRequest, digits: 3))",
      " Average package latency: \(NumberText.fixed(summary.events.meanGap, digits: 3))",
    ] + percentiles(" Percentile of time to first token: ", of: summary.times.timeToFirstToken)
      + percentiles(" Percentile of request latency: ", of: summary.times.latency)
  }

  private func percentiles(_ title: String, of sample: Distribution) -> [String] {
    [title]
      + ClassicDefinition.percentiles.map { "     p\(Int($0)): \(NumberText.fixed(sample.percentile($0), digits: 4))" }
  }
}
