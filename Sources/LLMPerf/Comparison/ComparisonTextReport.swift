/// A comparison for the terminal: configuration first, then warnings, then the metrics.
public enum ComparisonTextReport {
  /// The report's text.
  public static func render(_ comparison: RunComparison) -> String {
    let labels = comparison.labels
    var lines = ["Comparison of \(labels.count) runs; the baseline is \(labels[0])", ""]
    if comparison.configuration.isEmpty {
      lines += ["Configuration: the same", ""]
    } else {
      lines += ["Configuration differences"] + configuration(comparison, labels) + [""]
    }
    if !comparison.warnings.isEmpty {
      lines.append("Compare with care")
      for warning in comparison.warnings {
        lines += wrapped(warning).enumerated().map { ($0.offset == 0 ? "  ! " : "    ") + $0.element }
      }
      lines.append("")
    }
    lines += ["Per run"]
    lines += table(
      [[""] + labels]
        + comparison.scalars.map { scalar in [scalar.metric.label] + scalar.values.map { scalar.metric.unit.text($0) } }
    )
    for metric in comparison.metrics { lines += [""] + section(metric, labels) }
    lines += [""] + wrapped(ComparisonText.conclusion(comparison)) + wrapped(ComparisonText.method(comparison))
    return lines.joined(separator: "\n").harmless(keepingLines: true) + "\n"
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
    let interval = difference.interval.map { "  " + ComparisonText.interval($0, metric.unit) } ?? ""
    return "\(ComparisonText.outcome(difference, metric)), \(ComparisonText.shift(difference, metric))\(interval), "
      + "p \(ComparisonText.probability(difference.adjustedPValue))"
  }

  /// A table of the options; one whose values are too long for a row comes below it, a line for each run.
  private static func configuration(_ comparison: RunComparison, _ labels: [String]) -> [String] {
    let cells = comparison.configuration.map { [$0.name] + $0.values.map { $0 ?? "-" } }
    let longest = max(12, (width - 24) / labels.count)
    let short = cells.filter { $0.allSatisfy { $0.count <= longest } }
    var lines = short.isEmpty ? [] : table([[""] + labels] + short)
    for row in cells where !row.allSatisfy({ $0.count <= longest }) {
      lines.append("  \(row[0])")
      lines += table(zip(labels, row.dropFirst()).map { [$0, $1] }, isText: true).map { "  " + $0 }
    }
    return lines
  }

  /// The columns that a line should have at most.
  private static let width = 100

  private static func wrapped(_ text: String) -> [String] {
    text.split(separator: " ").reduce(into: [String]()) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }

  /// Columns side by side, two blanks between them; the first is flush left, the others are flush right unless they are text.
  private static func table(_ rows: [[String]], isText: Bool = false) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let blanks = String(repeating: " ", count: widths[column] - text.count)
        if isText, column == row.count - 1 { return text }
        return column == 0 || isText ? text + blanks : blanks + text
      }
      return "  " + cells.joined(separator: "  ")
    }
  }
}
