extension Distribution {
  /// The percentile when the sample is large enough to tell it, else nil: fewer than 10, 20, 100 and 1000 values are too
  /// few for p90, p95, p99 and p99.9. Percentiles below p90 are told of any sample.
  package func reportablePercentile(_ p: Double) -> Double? {
    p >= 90 && hasTooFew(for: p) ? nil : percentile(p)
  }
}
