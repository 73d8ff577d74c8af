/// A limit on a run, as `--fail-if` takes it: when its condition holds, the threshold is missed and the run fails.
///
/// ```
/// p99(ttft) > 500ms     goodput < 20/s     error_rate > 1%     p95(latency) > 1.1 × baseline
/// ```
public struct Threshold: Sendable, CustomStringConvertible {
  /// Which value of a sample is held against the bound.
  public enum Statistic: Sendable, Hashable {
    case mean
    case minimum
    case maximum
    /// The percentile by nearest rank, above 0 and at most 100.
    case percentile(Double)
  }

  /// How the value is held against the bound.
  public enum Comparison: String, Sendable, CaseIterable {
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case equal = "=="
    case unequal = "!="
    case greater = ">"
    case less = "<"

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .greaterOrEqual: value >= bound
      case .lessOrEqual: value <= bound
      case .equal: value == bound
      case .unequal: value != bound
      case .greater: value > bound
      case .less: value < bound
      }
    }
  }

  /// What the value is held against.
  public enum Bound: Sendable, Hashable {
    /// A value in the metric's unit: seconds, per second, a share of 1, a number.
    case value(Double)
    /// So many times the same value of the baseline run.
    case baseline(factor: Double)
  }

  /// As the user wrote it, without white space around it.
  public let description: String
  /// The metric.
  public let metric: SummaryMetric
  /// Which value of it; nil for a metric that is one number.
  public let statistic: Statistic?
  /// How it is compared.
  public let comparison: Comparison
  /// The limit.
  public let bound: Bound

  /// Whether it can be told only with `--baseline`.
  public var needsBaseline: Bool {
    if case .baseline = bound { true } else { false }
  }

  /// The value that the threshold looks at; nil when it does not exist in `summary`. A value that falls on a failed request
  /// has no bound.
  func value(in summary: RunSummary) -> Double? {
    guard let statistic else { return metric.value(in: summary) }
    let sample = metric.distribution(in: summary)
    guard !sample.isEmpty else { return nil }
    let value =
      switch statistic {
      case .mean: sample.mean
      case .minimum: sample.min
      case .maximum: sample.max
      case .percentile(let p): sample.percentile(p)
      }
    return value ?? .infinity
  }
}
