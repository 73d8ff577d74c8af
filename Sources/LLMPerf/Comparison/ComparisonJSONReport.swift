/// A comparison as JSON.
public enum ComparisonJSONReport {
  /// The report's bytes. Times are seconds.
  public static func render(_ comparison: RunComparison) -> [UInt8] {
    let labels = comparison.labels
    let report: JSON = [
      "runs": .array(
        zip(labels, comparison.runs).map { label, result in
          [
            "name": .string(label), "model": .string(result.run.model), "url": .string(result.run.url),
            "verdict": .string(result.verdict.level.rawValue),
          ]
        }),
      "level": .double(comparison.level),
      "different": .bool(comparison.foundDifference),
      "configuration": .object(
        comparison.configuration.map { JSON.Member($0.name, .array($0.values.map { .optional($0) })) }),
      "warnings": .array(comparison.warnings.map { .string($0) }),
      "metrics": .object(comparison.metrics.map { JSON.Member($0.metric.rawValue, metric($0)) }),
      "scalars": .object(comparison.scalars.map { JSON.Member($0.metric.name, .array($0.values.map { .double($0) })) }),
    ]
    return report.utf8(indented: true) + [UInt8(ascii: "\n")]
  }

  private static func metric(_ comparison: MetricComparison) -> JSON {
    [
      "unit": .string(comparison.metric.unit == .seconds ? "s" : comparison.metric.unit == .share ? "share" : ""),
      "values": .array(
        comparison.values.map { values in
          [
            "count": .int(values.count), "effective_count": .double(values.effectiveCount),
            "mean": .double(values.mean),
            "p50": .double(values.p50), "p90": .double(values.p90), "p95": .double(values.p95),
            "p99": .double(values.p99),
          ]
        }),
      "differences": .array(comparison.differences.map(difference)),
    ]
  }

  private static func difference(_ difference: MetricComparison.Difference) -> JSON {
    [
      "different": .bool(difference.isDifferent), "shift": .double(difference.shift),
      "shift_interval": interval(difference.interval), "relative_shift": .double(difference.relativeShift),
      "superiority": .double(difference.superiority), "p": .double(difference.pValue),
      "p_adjusted": .double(difference.adjustedPValue),
      "percentiles": .object(
        difference.percentiles.map { percentile in
          JSON.Member(
            "p" + NumberText.short(percentile.percentile),
            ["difference": .double(percentile.difference), "interval": interval(percentile.interval)])
        }),
    ]
  }

  private static func interval(_ range: ClosedRange<Double>?) -> JSON {
    range.map { .array([.double($0.lowerBound), .double($0.upperBound)]) } ?? .null
  }
}
