/// The report for the terminal: the classic lines, then every number with its meaning, the verdict last.
public struct TextReport {
  let run: RunDescription
  let summary: RunSummary
  let verdict: Verdict
  let health: ClientHealth

  /// The whole report, with a line end behind its last line.
  public static func render(_ result: RunResult) -> String {
    let report = TextReport(run: result.run, summary: result.summary, verdict: result.verdict, health: result.health)
    return report.lines.joined(separator: "\n").harmless(keepingLines: true) + "\n"
  }

  private var lines: [String] {
    let classic = ClassicReport(run: run, summary: summary).lines
    let sections = [timeLines, certaintyLines, loadLines, tokenLines, objectiveLines, failureLines, clientLines]
    return notes + classic + sections.filter { !$0.isEmpty }.flatMap { [""] + $0 } + [""] + verdictLines
  }

  /// What the reader must know before the first number.
  private var notes: [String] {
    var notes: [String] = []
    if summary.isPartial {
      notes.append("PARTIAL: the run ended before its time; the numbers are of what ended until then.")
    }
    if summary.warmupRequests > 0 {
      notes.append("Warm-up requests, left out of every number: \(summary.warmupRequests)")
    }
    return notes.isEmpty ? [] : notes + [""]
  }

  private var timeLines: [String] {
    var table = ReportTable(["Times in ms", "n", "mean", "min", "p50", "p90", "p95", "p99", "p99.9", "max"])
    for (name, sample) in timeRows where !sample.isEmpty { table.add(cells(name, sample)) }
    guard !table.isEmpty else { return [] }
    var lines = table.lines
    if lines.contains(where: { $0.contains("*") }) {
      lines.append("  * too few values for this percentile: below 10, 20, 100, 1000 for p90, p95, p99, p99.9")
    }
    if summary.failedRequests > 0 {
      lines.append("  (all) failures count as infinitely slow; - is a percentile that falls on one")
    }
    if !summary.interTokenLatency.isEmpty, summary.interTokenLatencyIsEstimated {
      lines.append("  ITL is estimated as one token an event: the service does not tell tokens event by event")
    }
    if let share = summary.zeroGapShare, share > 0 {
      lines.append(
        "  \(NumberText.percent(share)) of the gaps between events are zero: one read brought several events")
    }
    return lines
  }

  private var timeRows: [(String, Distribution)] {
    let hasFailures = summary.failedRequests > 0 && summary.succeededRequests > 0
    return [
      ("latency", summary.latency),
      ("latency (all)", hasFailures ? summary.latencyWithFailures : Distribution()),
      ("response time", summary.responseTime),
      ("response (all)", hasFailures ? summary.responseTimeWithFailures : Distribution()),
      ("TTFT", summary.timeToFirstToken),
      ("TTFT scheduled", summary.scheduledTimeToFirstToken),
      ("TTFO", summary.timeToFirstOutput),
      ("TPOT", summary.timePerOutputToken),
      ("ICL", summary.interChunkLatency),
      (summary.interTokenLatencyIsEstimated ? "ITL (estimated)" : "ITL", summary.interTokenLatency),
      ("max stall", summary.maxStall),
      ("schedule lag", summary.scheduleLag),
      ("connect time", summary.connectTime),
      ("read delay", summary.readDelay),
    ]
  }

  private func cells(_ name: String, _ sample: Distribution) -> [String] {
    let percentiles = [50.0, 90, 95, 99, 99.9].map { p -> String in
      guard let value = sample.percentile(p) else { return "-" }
      return NumberText.milliseconds(value) + (p > 50 && sample.hasTooFew(for: p) ? "*" : "")
    }
    return [name, String(sample.count), text(sample.mean), text(sample.min)] + percentiles + [text(sample.max)]
  }

  private func text(_ seconds: Double?) -> String { seconds.map(NumberText.milliseconds) ?? "-" }

  private var certaintyLines: [String] {
    var table = ReportTable(["95 % confidence, ms", "mean", "p50", "p99", "independent n"])
    let rows = [
      ("TTFT", summary.timeToFirstTokenIntervals), ("latency", summary.latencyIntervals),
    ]
    for (name, intervals) in rows {
      guard let count = intervals.effectiveCount, intervals.mean != nil || intervals.p50 != nil else { continue }
      table.add([
        name, text(intervals.mean), text(intervals.p50), text(intervals.p99), NumberText.fixed(count, digits: 0),
      ])
    }
    return table.isEmpty ? [] : table.lines
  }

  private func text(_ interval: ConfidenceInterval?) -> String {
    interval.map { "\(NumberText.milliseconds($0.low)) to \(NumberText.milliseconds($0.high))" } ?? "too few"
  }
}
