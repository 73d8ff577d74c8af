/// A run's numbers as Markdown tables, for pull requests and wikis.
public enum MarkdownReport {
  /// The report: verdict, numbers, percentiles, failures, thresholds if there were any, configuration.
  public static func render(_ result: RunResult, thresholds: ThresholdReport? = nil) -> [UInt8] {
    var lines = ["# \(text(result.run.name))", ""]
    lines += [
      "**\(result.verdict.level.rawValue)** · \(code(result.run.model)) · \(text(result.run.api)) · \(text(result.run.url))",
      "",
    ]
    lines += result.verdict.reasons.map { "- \(text($0.title)): \(text($0.message))" }
    if !result.verdict.reasons.isEmpty { lines.append("") }
    if let thresholds { lines += thresholdTable(thresholds) }
    lines += scalarTable(result.summary)
    lines += sampleTable(result.summary)
    lines += failureTable(result.summary)
    lines += ["## Configuration", "", "| option | value |", "|---|---|"]
    lines += result.run.configuration.filter { !$0.value.isUnset }.map {
      "| \(text($0.name)) | \(text($0.value.stringValue ?? $0.value.description)) |"
    }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func thresholdTable(_ report: ThresholdReport) -> [String] {
    var lines = ["## Thresholds", "", "| fails if | outcome | |", "|---|---|---|"]
    lines += report.results.map {
      "| \(codeCell($0.threshold.description)) | \($0.isMissed ? "**missed**" : "passed") | \(text($0.message)) |"
    }
    if report.failsByVerdict { lines.append("| verdict is INVALID | **missed** | |") }
    return lines + [""]
  }

  private static func scalarTable(_ summary: RunSummary) -> [String] {
    let lines = SummaryMetric.scalars.compactMap { metric in
      metric.value(in: summary).map { "| \(metric.label) | \(metric.unit.text($0)) |" }
    }
    return ["## Numbers", "", "| | |", "|---|---:|"] + lines + [""]
  }

  private static func sampleTable(_ summary: RunSummary) -> [String] {
    let metrics = SummaryMetric.distributions.filter {
      !$0.distribution(in: summary).isEmpty && (summary.counts.failed > 0 || !$0.countsFailures)
    }
    guard !metrics.isEmpty else { return [] }
    let lines = metrics.map { metric in
      let sample = metric.distribution(in: summary)
      let percentiles = [50, 90, 95, 99].map { p in
        sample.reportablePercentile(p).map(metric.unit.text) ?? "too few"
      }
      let cells =
        [metric.unit.text(sample.reportableMean), metric.unit.text(sample.min)] + percentiles + [
          metric.unit.text(sample.reportableMax)
        ]
      return "| \(metric.label) | \(NumberText.grouped(sample.count)) | " + cells.joined(separator: " | ") + " |"
    }
    return [
      "## Distributions", "", "| | n | mean | min | p50 | p90 | p95 | p99 | max |",
      "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ] + lines + [""]
  }

  private static func failureTable(_ summary: RunSummary) -> [String] {
    guard !summary.failures.isEmpty else { return [] }
    let lines = summary.failures.map {
      "| \(text($0.code.description)) | \(NumberText.grouped($0.count)) | \(text($0.sample)) |"
    }
    return ["## Failures", "", "| class | count | first message |", "|---|---:|---|"] + lines + [""]
  }

  /// `text` on one line, with nothing in it that Markdown would take for markup of a table or for HTML. By scalars: a mark
  /// that combines with a bar makes another character of it, and still the end of a cell.
  private static func text(_ text: String) -> String {
    var result = ""
    for scalar in text.oneLine(atMost: .max).unicodeScalars {
      switch scalar {
      case "|", "\\", "`", "*", "_", "[", "]", "~": result += "\\\(scalar)"
      case "<": result += "&lt;"
      case "&": result += "&amp;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// `text` as code on one line: between more backticks than it holds in a row.
  private static func code(_ text: String) -> String {
    let line = text.oneLine(atMost: .max)
    let longestRun = line.utf8.split { $0 != UInt8(ascii: "`") }.map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: longestRun + 1)
    // A blank inside is no part of the code where backticks stand at its ends, and there is no code of nothing.
    let padding = line.isEmpty || line.hasPrefix("`") || line.hasSuffix("`") ? " " : ""
    return fence + padding + line + padding + fence
  }

  /// `text` as code in a cell. A bar ends a cell even inside code; GitHub's tables read `\|` there as a bar.
  private static func codeCell(_ text: String) -> String {
    let bars = code(text).unicodeScalars.split(separator: "|", omittingEmptySubsequences: false)
    return bars.map { String($0) }.joined(separator: "\\|")
  }
}
