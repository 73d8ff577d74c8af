import LLMPerf

/// A run at one moment, as the dashboard's page takes it. Made on the recorder's thread, written out on the server's.
struct DashboardSnapshot: Sendable {
  let run: RunDescription
  let statistics: LiveStatistics
  let client: ClientSampler.Sample?
  let inFlight: Int
  /// Known once the run has ended.
  let verdict: Verdict?

  /// The snapshot as the page takes it: seconds, and null for what does not exist.
  var json: JSON {
    [
      "name": .string(run.name), "model": .string(run.model), "url": .string(run.url), "api": .string(run.api),
      "parallel": .optional(run.parallel), "expected": .optional(run.expectedRequests),
      "start": .double(run.wallClockStart), "elapsed": number(statistics.elapsed), "inFlight": .int(inFlight),
      "succeeded": .int(statistics.succeeded), "failed": .int(statistics.failed),
      "warmups": .int(statistics.warmups), "recentRate": number(statistics.recentRate),
      "rate": number(statistics.requestRate), "tokenRate": number(statistics.outputTokenRate),
      "left": number(verdict == nil ? statistics.timeLeft(expected: run.expectedRequests) : nil),
      "ttft": percentiles(statistics.timeToFirstToken), "latency": percentiles(statistics.latency),
      "tpot": percentiles(statistics.timePerOutputToken), "lag": percentiles(statistics.scheduleLag),
      "late": number(ClientWarning(statistics, of: run)?.lag), "cpu": number(client?.processShare),
      "memory": .optional(client?.residentBytes),
      "failures": .array(
        statistics.failures.sorted { $0.count > $1.count }.prefix(10).map {
          ["code": .string($0.code.description), "count": .int($0.count), "sample": .string($0.sample)]
        }),
      "width": number(statistics.timeline.width),
      "points": .array(
        statistics.timeline.points.map {
          [
            .int($0.succeeded), .int($0.failed), .int($0.outputTokens), number($0.timeToFirstToken), .int($0.inFlight),
          ]
        }),
      "verdict": .optional(verdict?.level.rawValue),
      "reasons": .array((verdict?.reasons ?? []).map { .string($0.message) }),
    ]
  }

  private func percentiles(_ histogram: LogHistogram) -> JSON {
    .array([50, 90, 99].map { number(histogram.percentile($0)) } + [.int(histogram.count)])
  }

  /// Six digits are more than a chart shows.
  private func number(_ value: Double?) -> JSON {
    guard let value, value.isFinite else { return .null }
    return .number(NumberText.rounded(value, digits: value.magnitude < 1 ? 6 : 3))
  }
}
