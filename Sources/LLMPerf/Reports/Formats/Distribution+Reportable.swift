extension Distribution {
  /// The percentile when the sample is large enough to tell it, else nil: fewer than 10, 20, 100 and 1000 values are too
  /// few for p90, p95, p99 and p99.9. Percentiles below p90 are told of any sample. One that falls on a failure is +∞.
  package func reportablePercentile(_ p: Double) -> Double? {
    isEmpty || p >= 90 && hasTooFew(for: p) ? nil : percentile(p) ?? .infinity
  }

  /// The mean, +∞ when a request failed; nil of an empty sample.
  package var reportableMean: Double? { isEmpty ? nil : mean ?? .infinity }

  /// The largest value, +∞ when a request failed; nil of an empty sample.
  package var reportableMax: Double? { isEmpty ? nil : max ?? .infinity }
}
