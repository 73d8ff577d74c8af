public import LLMPerf

/// A comparison as one self-contained HTML file.
public enum HTMLComparison {
  /// The file's bytes.
  ///
  /// - Parameter version: the tool's version, for the foot of the page.
  /// - Throws: only were one of the tool's own templates broken.
  public static func render(_ comparison: RunComparison, version: String) throws -> [UInt8] {
    let labels = comparison.labels
    let sections =
      [configuration(comparison), verdicts(comparison), scalars(comparison)]
      + comparison.metrics.map { section($0, labels) }
    let tests = comparison.metrics.reduce(0) { $0 + $1.differences.count }
    return try HTMLPage().render(
      "comparison",
      [
        "title": labels.joined(separator: " / "), "version": version,
        "facts": [
          "\(labels.count) runs", "baseline: \(labels[0])",
          comparison.foundDifference ? "the runs differ" : "no difference was found",
        ],
        "hasWarnings": !comparison.warnings.isEmpty, "warnings": comparison.warnings,
        "sections": sections.filter { !$0.isEmpty }.map(\.context),
        "method": ComparisonText.method(tests: tests, level: comparison.level),
      ])
  }

  private static func verdicts(_ comparison: RunComparison) -> PageSection {
    let labels = comparison.labels.dropFirst()
    let rows = comparison.metrics.map { metric in
      (
        name: metric.metric.label,
        cells: metric.differences.flatMap { difference in
          [
            ComparisonText.outcome(difference, metric.metric), ComparisonText.shift(difference, metric.metric),
            ComparisonText.probability(difference.adjustedPValue),
          ]
        }
      )
    }
    let head = [""] + labels.flatMap { [labels.count == 1 ? "Outcome" : "\($0)", "Shift, 95 % interval", "p"] }
    var table = PageTable(
      head: head, styles: Array(repeating: [.text, .fixed, .fixed], count: labels.count).flatMap(\.self), rows: rows)
    for (position, metric) in comparison.metrics.enumerated() {
      guard let run = metric.differences.firstIndex(where: \.isDifferent) else { continue }
      let isWorse = metric.differences[run].superiority >= 0.5 && metric.metric != .outputTokens
      table.exceptions[position] = (cell: run * 3, style: isWorse ? .missed : .passed)
    }
    return PageSection(id: "outcome", heading: "Outcome", tables: [table])
  }

  private static func configuration(_ comparison: RunComparison) -> PageSection {
    var section = PageSection(id: "configuration", heading: "Configuration differences")
    if comparison.configuration.isEmpty {
      section.lead = "The runs were configured the same."
    } else {
      section.tables = [
        PageTable(
          head: [""] + comparison.labels, styles: Array(repeating: .wide, count: comparison.runs.count),
          style: "options",
          rows: comparison.configuration.map { (name: $0.name, cells: $0.values.map { $0 ?? "–" }) })
      ]
    }
    return section
  }

  private static func scalars(_ comparison: RunComparison) -> PageSection {
    PageSection(
      id: "runs", heading: "Per run",
      tables: [
        PageTable(
          head: [""] + comparison.labels, styles: Array(repeating: .number, count: comparison.runs.count),
          rows: comparison.scalars.map { scalar in
            (name: scalar.metric.label, cells: scalar.values.map { scalar.metric.unit.text($0) })
          })
      ])
  }

  private static func section(_ comparison: MetricComparison, _ labels: [String]) -> PageSection {
    let unit = comparison.metric.unit
    var section = PageSection(id: comparison.metric.rawValue, heading: comparison.metric.label)
    let head = comparison.metric == .failed ? ["", "n", "rate"] : ["", "n", "mean", "p50", "p90", "p95", "p99"]
    section.tables = [
      PageTable(
        head: head, styles: Array(repeating: .number, count: head.count - 1),
        rows: zip(labels, comparison.values).map { label, values in
          let numbers = [values.mean, values.p50, values.p90, values.p95, values.p99].map {
            $0.map(unit.text) ?? "too few"
          }
          return (name: label, cells: [NumberText.grouped(values.count)] + numbers.prefix(head.count - 2))
        })
    ]
    let rows = zip(labels.dropFirst(), comparison.differences).flatMap { label, difference in
      difference.percentiles.map { percentile in
        (
          name: "\(label), p\(NumberText.short(percentile.percentile))",
          cells: [
            ComparisonText.signed(percentile.difference, unit), ComparisonText.interval(percentile.interval, unit),
          ]
        )
      }
    }
    if !rows.isEmpty {
      section.tables.append(
        PageTable(
          head: ["Percentiles", "Difference", "95 % interval"], styles: [.number, .number], style: "facts", rows: rows))
    }
    section.plots = [ComparisonCurves(comparison: comparison, labels: labels).plot].compactMap(\.self)
    return section
  }
}
