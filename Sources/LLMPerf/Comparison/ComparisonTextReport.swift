/// A comparison for the terminal: configuration first, then warnings, then the metrics.
public enum ComparisonTextReport {
  /// The report's text.
  public static func render(_ comparison: RunComparison) -> String {
    let labels = comparison.labels
    var lines = ["Comparison of \(labels.count) runs; the baseline is \(labels[0])", ""]
    if comparison.configuration.isEmpty {
      lines += ["Configuration: the same", ""]
    } else {
      lines += ["Configuration differences"]
      lines += table(
        [[""] + labels] + comparison.configuration.map { [$0.name] + $0.values.map { $0 ?? "-" } })
      lines.append("")
    }
    if !comparison.warnings.isEmpty {
      lines += ["Compare with care"] + comparison.warnings.map { "  ! \($0)" } + [""]
    }
    lines += ["Per run"]
    lines += table(
      [[""] + labels]
        + comparison.scalars.map { scalar in [scalar.metric.label] + scalar.values.map { scalar.metric.unit.text($0) } }
    )
    for metric in comparison.metrics { lines += [""] + section(metric, labels) }
    lines += ["", conclusion(comparison)]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ comparison: MetricComparison, _ labels: [String]) -> [String] {
    let unit = comparison.metric.unit
    var lines = [comparison.metric.label]
    if comparison.metric == .failed {
      lines += table(zip(labels, comparison.values).map { [$0, "n \($1.count)", unit.text($1.mean)] })
    } else {
      let head = ["", "n", "mean", "p50", "p90", "p95", "p99"]
      lines += table(
        [head]
          + zip(labels, comparison.values).map { label, values in
            [label, String(values.count)]
              + [values.mean, values.p50, values.p90, values.p95, values.p99].map { $0.map(unit.text) ?? "-" }
          })
    }
    for (label, difference) in zip(labels.dropFirst(), comparison.differences) {
      lines.append("  \(label): \(sentence(difference, comparison.metric))")
      for percentile in difference.percentiles {
        lines.append(
          "    p\(NumberText.short(percentile.percentile)) \(ComparisonText.signed(percentile.difference, unit))  \(ComparisonText.interval(percentile.interval, unit))"
        )
      }
    }
    return lines
  }

  /// One line that says whether a run differs and by how much.
  private static func sentence(_ difference: MetricComparison.Difference, _ metric: ComparedMetric) -> String {
    "\(ComparisonText.outcome(difference, metric)), \(ComparisonText.shift(difference, metric)), \(ComparisonText.probability(difference.adjustedPValue))"
  }

  private static func conclusion(_ comparison: RunComparison) -> String {
    let tests = comparison.metrics.reduce(0) { $0 + $1.differences.count }
    let words = comparison.foundDifference ? "The runs differ." : "No difference was found."
    return "\(words) \(ComparisonText.method(tests: tests, level: comparison.level))"
  }

  /// Columns side by side, the first flush left and the others flush right, two blanks between them.
  private static func table(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let blanks = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + blanks : blanks + text
      }
      return "  " + cells.joined(separator: "  ")
    }
  }
}

/// The words of a comparison, shared by its text and its page.
package enum ComparisonText {
  /// `slower`, `faster`, `no difference found`.
  package static func outcome(_ difference: MetricComparison.Difference, _ metric: ComparedMetric) -> String {
    guard difference.isDifferent else { return "no difference found" }
    // Superiority decides, not the shift: with many ties the median of differences may be zero.
    return difference.superiority >= 0.5 ? metric.words.up : metric.words.down
  }

  /// `+12 ms (+5.3 %)  [+10 ms, +14 ms]`.
  package static func shift(_ difference: MetricComparison.Difference, _ metric: ComparedMetric) -> String {
    guard let shift = difference.shift, let range = difference.interval else { return "no values" }
    let relative = difference.relativeShift.map { " (\($0 > 0 ? "+" : "")\(NumberText.percent($0)))" } ?? ""
    return signed(shift, metric.unit) + relative + "  " + interval(range, metric.unit)
  }

  /// `[+10 ms, +14 ms]`.
  package static func interval(_ range: ClosedRange<Double>, _ unit: SummaryMetric.Unit) -> String {
    "[\(signed(range.lowerBound, unit)), \(signed(range.upperBound, unit))]"
  }

  /// A difference with its sign.
  package static func signed(_ value: Double, _ unit: SummaryMetric.Unit) -> String {
    // Less than a nanosecond is nothing.
    if unit == .seconds, value.magnitude < 5e-10 { return "0 s" }
    return (value > 0 ? "+" : "") + unit.text(value)
  }

  /// `p = 0.03`, `p < 0.0001`.
  package static func probability(_ p: Double) -> String {
    p < 0.0001 ? "p < 0.0001" : "p = " + NumberText.withoutTrailingZeros(NumberText.fixed(p, digits: p < 0.01 ? 4 : 2))
  }

  /// How it was found out.
  package static func method(tests: Int, level: Double) -> String {
    "\(tests) rank tests (Mann-Whitney), variance corrected for dependent requests, p-values for \(tests) tests (Holm), level \(NumberText.percent(level)); intervals are 95 %, each by itself. One run each does not tell how much runs of the same service vary."
  }
}
