/// A sample of one metric, exact: every value is kept, sorted.
public struct Distribution: Sendable, Hashable {
  /// The values in ascending order. Failures stand as +∞ where a distribution includes them.
  public let sorted: [Double]

  /// An empty sample.
  public init() { sorted = [] }

  /// The sample `values`, in any order.
  public init(_ values: [Double]) {
    sorted = values.sorted()
  }

  /// How many values there are.
  public var count: Int { sorted.count }

  /// Whether there is no value.
  public var isEmpty: Bool { sorted.isEmpty }

  /// The arithmetic mean; nil of an empty sample.
  public var mean: Double? {
    isEmpty ? nil : sorted.reduce(0, +) / Double(count)
  }

  /// The standard deviation of the sample, `√(Σ(x − mean)² ÷ (n − 1))`; nil below two values.
  public var standardDeviation: Double? {
    guard let mean, count > 1 else { return nil }
    return (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
  }

  /// The smallest value; nil of an empty sample.
  public var min: Double? { sorted.first }

  /// The largest value; nil of an empty sample.
  public var max: Double? { sorted.last }

  /// The percentile by nearest rank, `sorted[ceil(p/100 · n) − 1]`: always a value of the sample, never interpolated.
  /// Nil of an empty sample.
  public func percentile(_ p: Double) -> Double? {
    guard !isEmpty else { return nil }
    // p·n before the division keeps whole ranks whole: 99 · 100 ÷ 100 is 99, 0.99 · 100 may not be.
    let rank = Int((p * Double(count) / 100).rounded(.up))
    return sorted[Swift.min(Swift.max(rank, 1), count) - 1]
  }

  /// Whether the sample is too small for the percentile to mean anything: fewer than `1 ÷ (1 − p/100)` values, so below
  /// 10, 20, 100 and 1000 for p90, p95, p99 and p99.9.
  public func hasTooFew(for p: Double) -> Bool {
    Double(count) * (100 - p) < 100 - 1e-9
  }
}
