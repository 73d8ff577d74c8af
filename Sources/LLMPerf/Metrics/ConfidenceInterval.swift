import Glibc

/// A range that holds the true value with a given confidence.
public struct ConfidenceInterval: Sendable, Hashable {
  /// The lower bound.
  public var low: Double
  /// The upper bound.
  public var high: Double

  /// The range from `low` to `high`.
  public init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}

/// How sure a metric's mean and percentiles are: 95 % intervals that allow for successive requests being alike.
public struct MetricIntervals: Sendable, Hashable {
  /// The interval of the mean.
  public var mean: ConfidenceInterval?
  /// The intervals of percentiles; nil where the sample is too small to bound it on both sides.
  public var p50: ConfidenceInterval?
  public var p90: ConfidenceInterval?
  public var p95: ConfidenceInterval?
  public var p99: ConfidenceInterval?
  /// How many independent values would tell the mean as well as this sample does: `n ÷ τ`. Nil of an empty sample.
  public var effectiveCount: Double?

  /// Nothing known.
  public init() {}

  /// The intervals for `sample`, whose values in the order of sending are `series`.
  package init(_ sample: Distribution, series: [Double]) {
    guard !sample.isEmpty else { return }
    let effectiveCount = Double(series.count) / correlationTime(of: series)
    self.effectiveCount = effectiveCount
    mean = sample.meanInterval(effectiveCount: effectiveCount)
    p50 = sample.percentileInterval(50, series: series)
    p90 = sample.percentileInterval(90, series: series)
    p95 = sample.percentileInterval(95, series: series)
    p99 = sample.percentileInterval(99, series: series)
  }
}

extension Distribution {
  /// Independent values that an interval of the mean takes. Fewer do not tell how skewed the values are: with one slow answer
  /// in ten, or none where there should be one, the interval says anything.
  public static let fewestForMean = 20.0

  /// The interval of the mean of values that are never negative, as times are: `mean · e^(± t · sd ÷ (mean · √n))`, by
  /// Student's t with n − 1 degrees of freedom, where n is the effective count of a sample whose values depend on each other.
  ///
  /// It is Student's interval of the logarithm of the mean (by the delta method). So it does not reach below zero, and
  /// reaches farther up than down, as the means of skewed values do. Nil below `fewestForMean`, and of a sample that is
  /// not above zero.
  public func meanInterval(confidence: Double = 0.95, effectiveCount: Double? = nil) -> ConfidenceInterval? {
    let n = effectiveCount ?? Double(count)
    guard let mean, let standardDeviation, n >= Self.fewestForMean, mean > 0, (min ?? -1) >= 0 else { return nil }
    let half =
      StudentT(degreesOfFreedom: n - 1).quantile(0.5 + confidence / 2) * standardDeviation / (mean * n.squareRoot())
    return ConfidenceInterval(low: mean * exp(-half), high: mean * exp(half))
  }

  /// The interval of percentile `p` by order statistics: two values of the sample that enclose the true percentile with
  /// at least `confidence`, whatever the distribution, since the number of values below it is binomial.
  ///
  /// With an `effectiveCount` below the count, the ranks are those of so many independent values, spread over the sample.
  /// Nil where the sample is too small, or fails too often, to give a bound on both sides.
  public func percentileInterval(
    _ p: Double, confidence: Double = 0.95, effectiveCount: Double? = nil
  ) -> ConfidenceInterval? {
    let n = Int(Swift.min(effectiveCount ?? .infinity, Double(count)))
    guard n >= 2, p > 0, p < 100 else { return nil }
    let below = Binomial(trials: n, probability: p / 100)
    let tail = (1 - confidence) / 2
    // The largest rank with P(B < rank) ≤ tail, and the smallest with P(B ≥ rank) ≤ tail.
    let lower = below.quantile(tail)
    let upper = below.quantile(1 - tail) + 1
    guard lower >= 1, upper <= n else { return nil }
    let scale = Double(count) / Double(n)
    let lowRank = n == count ? lower : Swift.max(1, Int((Double(lower) * scale).rounded(.down)))
    let highRank = n == count ? upper : Swift.min(count, Int((Double(upper) * scale).rounded(.up)))
    guard let low = value(atRank: lowRank, roundingUp: false), let high = value(atRank: highRank) else { return nil }
    return ConfidenceInterval(low: low, high: high)
  }

  /// The interval of percentile `p` for values that came in the order `series`: the effective count is that of the
  /// series of 0 and 1 that says which values lie above the percentile.
  package func percentileInterval(_ p: Double, series: [Double], confidence: Double = 0.95) -> ConfidenceInterval? {
    guard let value = percentile(p) else { return nil }
    let time = correlationTime(of: series.map { $0 > value ? 1 : 0 })
    return percentileInterval(p, confidence: confidence, effectiveCount: Double(series.count) / time)
  }
}
