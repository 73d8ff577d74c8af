/// One metric over several runs: its values in each, and how each other run differs from the first.
public struct MetricComparison: Sendable {
  /// A run's values.
  public struct Values: Sendable, Hashable {
    /// How many requests have a value.
    public var count: Int
    /// How many independent values they are worth.
    public var effectiveCount: Double
    /// The mean and the percentiles; nil where there are too few values.
    public var mean: Double?
    /// The median.
    public var p50: Double?
    /// The 90th percentile.
    public var p90: Double?
    /// The 95th percentile.
    public var p95: Double?
    /// The 99th percentile.
    public var p99: Double?
  }

  /// How a run differs from the first one.
  public struct Difference: Sendable, Hashable {
    /// How far values of this run typically lie above those of the first: the median of all differences (Hodges and
    /// Lehmann); of the error rate, the difference of the two rates. Nil when one of the runs has no values.
    public var shift: Double?
    /// The 95 % interval of `shift`.
    public var interval: ClosedRange<Double>?
    /// `shift` ÷ the first run's median, or rate; nil when that is 0.
    public var relativeShift: Double?
    /// The differences of percentiles, with their 95 % intervals.
    public var percentiles: [PercentileDifference]
    /// The share of pairs of requests in which this run's value is the larger one.
    public var superiority: Double
    /// p of the rank test by itself, and after Holm's correction for all tests of the comparison.
    public var pValue: Double
    /// p after Holm's correction for all tests of the comparison.
    public var adjustedPValue: Double
    /// Whether the runs differ at the comparison's level.
    public var isDifferent: Bool
  }

  /// The difference of one percentile.
  public struct PercentileDifference: Sendable, Hashable {
    /// The percentile.
    public var percentile: Double
    /// This run's value − the first run's.
    public var difference: Double
    /// Its 95 % interval.
    public var interval: ClosedRange<Double>
  }

  /// The metric.
  public var metric: ComparedMetric
  /// Each run's values, in the order of the runs.
  public var values: [Values]
  /// The differences of the second, third, … run from the first.
  public var differences: [Difference]
  /// Each run's sample, for curves.
  package var samples: [Distribution]

  /// The comparison of `samples`, which are in the order of sending; nil when fewer than two of them have values.
  init?(_ metric: ComparedMetric, samples: [[Double]]) {
    guard let baseline = samples.first, !baseline.isEmpty, samples.dropFirst().contains(where: { !$0.isEmpty }) else {
      return nil
    }
    self.metric = metric
    values = samples.map(Self.values)
    self.samples = samples.map { Distribution($0) }
    differences = samples.dropFirst().map { Self.difference(metric, baseline, $0) }
  }

  private static func values(_ sample: [Double]) -> Values {
    let sorted = Distribution(sample)
    return Values(
      count: sample.count, effectiveCount: Double(sample.count) / correlationTime(of: sample), mean: sorted.mean,
      p50: sorted.reportablePercentile(50), p90: sorted.reportablePercentile(90), p95: sorted.reportablePercentile(95),
      p99: sorted.reportablePercentile(99))
  }

  private static func difference(_ metric: ComparedMetric, _ first: [Double], _ second: [Double]) -> Difference {
    let ranks = PooledRanks(first, second)
    let (n1, n2) = (Double(first.count), Double(second.count))
    guard n2 > 0 else {
      return Difference(percentiles: [], superiority: 0.5, pValue: 1, adjustedPValue: 1, isDifferent: false)
    }
    // The mean rank of a sample varies as τ ÷ n, so U varies by that much more than with independent values.
    let (time1, time2) = (correlationTime(of: ranks.first), correlationTime(of: ranks.second))
    let inflation = (time1 / n1 + time2 / n2) / (1 / n1 + 1 / n2)
    let freedom = max(1, n1 / time1 + n2 / time2 - 2)
    let test = MannWhitneyTest(ranks, inflation: inflation, degreesOfFreedom: freedom)
    var result = Difference(
      percentiles: [], superiority: test.superiority, pValue: test.pValue, adjustedPValue: test.pValue,
      isDifferent: false)
    if metric == .failed {
      if let a = SampleInterval.share(of: first), let b = SampleInterval.share(of: second) {
        let difference = SampleInterval.difference(a, b)
        (result.shift, result.interval) = (difference.value, difference.range)
        result.relativeShift = a.value > 0 ? difference.value / a.value : nil
      }
      return result
    }
    let quantile = StudentT(degreesOfFreedom: freedom).quantile(0.975)
    if let estimate = ShiftEstimate(first, second, deviation: test.deviation, quantile: quantile) {
      (result.shift, result.interval) = (estimate.shift, estimate.interval)
      result.relativeShift = Distribution(first).percentile(50).flatMap { $0 > 0 ? estimate.shift / $0 : nil }
    }
    result.percentiles = [50, 90, 95, 99].compactMap { p in
      guard let a = SampleInterval.percentile(p, of: first), let b = SampleInterval.percentile(p, of: second) else {
        return nil
      }
      let difference = SampleInterval.difference(a, b)
      return PercentileDifference(percentile: p, difference: difference.value, interval: difference.range)
    }
    return result
  }
}
