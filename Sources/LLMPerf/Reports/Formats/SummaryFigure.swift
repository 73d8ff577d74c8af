/// One number of a run's summary, for tables: a scalar metric, or one statistic of a sample.
struct SummaryFigure {
  let metric: SummaryMetric
  /// `count`, `mean`, `sd`, `min`, `p50`, …, `max`; `value` of a scalar.
  let statistic: String
  let value: Double

  /// The percentiles that tables show.
  static let percentiles: [Double] = [50, 75, 90, 95, 99, 99.9]

  /// The unit's name in tables: `s`, `/s`, `share`, or nothing.
  var unitName: String {
    if statistic == "count" { return "" }
    return switch metric.unit {
    case .seconds: "s"
    case .perSecond: "/s"
    case .share: "share"
    case .count: ""
    }
  }

  /// Every number that exists in `summary`.
  static func all(of summary: RunSummary) -> [SummaryFigure] {
    SummaryMetric.scalars.compactMap { metric in
      metric.value(in: summary).map { SummaryFigure(metric: metric, statistic: "value", value: $0) }
    }
      + SummaryMetric.distributions.flatMap { metric in
        statistics(of: metric.distribution(in: summary)).map {
          SummaryFigure(metric: metric, statistic: $0.name, value: $0.value)
        }
      }
  }

  private static func statistics(of sample: Distribution) -> [(name: String, value: Double)] {
    guard !sample.isEmpty else { return [] }
    var values: [(String, Double?)] = [
      ("count", Double(sample.count)), ("mean", sample.mean), ("sd", sample.standardDeviation), ("min", sample.min),
    ]
    for p in percentiles {
      values.append(("p" + NumberText.short(p), sample.reportablePercentile(p)))
    }
    values.append(("max", sample.max))
    return values.compactMap { name, value in value.flatMap { $0.isFinite ? (name, $0) : nil } }
  }
}
