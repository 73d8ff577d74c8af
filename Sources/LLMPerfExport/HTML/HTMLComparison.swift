public import LLMPerf

/// A comparison as one self-contained HTML file.
public enum HTMLComparison {
  /// The file's bytes.
  ///
  /// - Parameter version: the tool's version, for the foot of the page.
  public static func render(_ comparison: RunComparison, version: String) -> [UInt8] {
    let labels = comparison.labels
    let title = labels.joined(separator: " / ")
    let sections = [verdicts(comparison), scalars(comparison)] + comparison.metrics.map { section($0, labels) }
    let body: Markup = #"""
      <header>
      <h1>\#(title)</h1>
      <p class="sub"><span>\#(labels.count) runs</span><span>baseline: \#(labels[0])</span></p>
      </header>
      <main>
      <section class="verdict" aria-label="Conclusion"><p><b>\#(ComparisonText.conclusion(comparison))</b></p></section>
      \#(configuration(comparison).markup)\#(warnings(comparison.warnings))
      \#(sections.filter { !$0.isEmpty }.map(\.markup).joined())</main>
      <footer>Written by llmuses \#(version). \#(ComparisonText.method(comparison))</footer>

      """#
    return PageFrame(title: title, version: version, body: body).bytes
  }

  private static func warnings(_ warnings: [String]) -> Markup {
    guard !warnings.isEmpty else { return "" }
    return #"""
      <section class="verdict warn" aria-label="Warnings">
      <p><b>Compare with care</b></p>
      <ul>\#(warnings.map { "<li>\($0)</li>" as Markup }.joined())</ul>
      </section>
      """#
  }

  /// A row for each metric of each run, with the runs' names where there are several.
  private static func verdicts(_ comparison: RunComparison) -> PageSection {
    let others = comparison.labels.dropFirst()
    var table = PageTable(
      head: [""] + (others.count > 1 ? ["Run"] : []) + ["Outcome", "Shift", "95 % interval", "p"],
      styles: (others.count > 1 ? [.fixed] : []) + [.fixed, .number, .number, .number], rows: [])
    for metric in comparison.metrics {
      for (label, difference) in zip(others, metric.differences) {
        if difference.isDifferent {
          let isWorse = difference.superiority >= 0.5 && metric.metric != .outputTokens
          let style: PageTable.Style = metric.metric == .outputTokens ? .changed : isWorse ? .missed : .passed
          table.exceptions[table.rows.count] = (cell: others.count > 1 ? 1 : 0, style: style)
        }
        let found = [
          ComparisonText.outcome(difference, metric.metric), ComparisonText.shift(difference, metric.metric),
          difference.interval.map { ComparisonText.interval($0, metric.metric.unit) } ?? "–",
          ComparisonText.probability(difference.adjustedPValue).replacing("= ", with: ""),
        ]
        table.rows.append((name: metric.metric.label, cells: (others.count > 1 ? [label] : []) + found))
      }
    }
    return PageSection(id: "outcome", heading: "Outcome", tables: table.rows.isEmpty ? [] : [table])
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
