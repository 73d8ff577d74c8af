/// The report for the terminal: the classic lines, then every number with its meaning, the verdict last.
public struct TextReport {
  let run: RunDescription
  let summary: RunSummary
  let verdict: Verdict
  let health: ClientHealth
  /// Where sentences are wrapped. Tables and the classic lines are as wide as they are.
  var columns = 100

  /// The columns of a report that does not go to a terminal, and the most on one: long lines are hard to read.
  package static let widest = 100

  /// The whole report, with a line end behind its last line; its sentences are wrapped at `columns`.
  public static func render(_ result: RunResult, columns: Int = 100) -> String {
    var report = TextReport(result)
    report.columns = min(max(columns, 40), widest)
    return report.lines.joined(separator: "\n").harmless(keepingLines: true) + "\n"
  }

  init(_ result: RunResult) {
    run = result.run
    summary = result.summary
    verdict = result.verdict
    health = result.health
  }

  private var lines: [String] {
    let classic = ClassicReport(run: run, summary: summary).lines
    let sections = [
      timeLines, certaintyLines, loadLines, tokenLines, objectiveLines, sliceLines, failureLines, clientLines,
    ]
    return notes + classic + sections.filter { !$0.isEmpty }.flatMap { [""] + $0 } + [""] + verdictLines
  }

  /// A sentence between tables, or a reason: further lines stand further in.
  func wrapped(_ sentence: String) -> [String] {
    WrappedText.lines("  " + sentence, columns: columns, hanging: 4)
  }

  /// What the reader must know before the first number.
  private var notes: [String] {
    var notes: [String] = []
    if summary.isPartial {
      notes += WrappedText.lines(
        "PARTIAL: the run ended before its time; the numbers are of what ended until then.", columns: columns)
    }
    if summary.counts.warmup > 0 {
      notes.append("Warm-up requests, left out of every number: \(summary.counts.warmup)")
    }
    return notes.isEmpty ? [] : notes + [""]
  }

  private var timeLines: [String] {
    var table = ReportTable(["Times in ms", "n", "mean", "min", "p50", "p90", "p95", "p99", "p99.9", "max"])
    for (name, sample) in timeRows where !sample.isEmpty { table.add(cells(name, sample)) }
    guard !table.isEmpty else { return [] }
    var lines = table.lines
    if lines.contains(where: { $0.contains("*") }) {
      lines += wrapped("* too few values for this percentile: below 10, 20, 100, 1000 for p90, p95, p99, p99.9")
    }
    if summary.counts.failed > 0 {
      lines += wrapped("(all) failures count as infinitely slow; - is a percentile that falls on one")
    }
    if !summary.gaps.interTokenLatency.isEmpty, summary.gaps.isEstimated {
      lines += wrapped("ITL is estimated as one token an event: the service does not tell tokens event by event")
    }
    if let share = summary.gaps.zeroShare, share > 0 {
      lines += wrapped(
        "\(NumberText.percent(share)) of the gaps between events are zero: one read brought several events")
    }
    return lines
  }

  private var timeRows: [(String, Distribution)] {
    let hasFailures = summary.counts.failed > 0 && summary.counts.succeeded > 0
    return [
      ("latency", summary.times.latency),
      ("latency (all)", hasFailures ? summary.times.latencyWithFailures : Distribution()),
      ("response time", summary.times.responseTime),
      ("response (all)", hasFailures ? summary.times.responseTimeWithFailures : Distribution()),
      ("TTFT", summary.times.timeToFirstToken),
      ("TTFT scheduled", summary.times.scheduledTimeToFirstToken),
      ("TTFO", summary.times.timeToFirstOutput),
      ("TPOT", summary.times.timePerOutputToken),
      ("ICL", summary.gaps.interChunkLatency),
      (summary.gaps.isEstimated ? "ITL (estimated)" : "ITL", summary.gaps.interTokenLatency),
      ("max stall", summary.times.maxStall),
      ("schedule lag", summary.client.scheduleLag),
      ("connect time", summary.times.connectTime),
      ("read delay", summary.client.readDelay),
      ("first slack", summary.client.firstSlack),
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
      ("TTFT", summary.certainty.timeToFirstToken), ("latency", summary.certainty.latency),
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
