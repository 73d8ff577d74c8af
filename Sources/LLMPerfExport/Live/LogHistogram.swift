import LLMPerf

/// Durations in seconds, for numbers that are shown while a run goes on: percentiles of any number of values within 0.8 %, in
/// 25 KB. The report's are exact.
package struct LogHistogram: Sendable {
  private var histogram = LogLinearHistogram(bits: 6)
  private var sum = 0.0

  package init() {}

  package var count: Int { histogram.count }

  /// Counts one duration of `seconds`; negative ones count as 0.
  package mutating func add(_ seconds: Double) {
    guard seconds.isFinite else { return }
    histogram.add(Int64(min(max(seconds, 0), 1e8) * 1e9))
    sum += seconds
  }

  /// The mean, exact; nil without values.
  package var mean: Double? { count == 0 ? nil : sum / Double(count) }

  /// The percentile by nearest rank, as the middle of its bucket; nil without values.
  package func percentile(_ p: Double) -> Double? { histogram.percentile(p).map { $0 / 1e9 } }
}
