import LLMPerf

/// The sections of a run's page, from its charts to its configuration.
struct ReportSections {
  let input: HTMLReportInput
  /// The measured requests.
  let rows: [ReportRow]

  private var summary: RunSummary { input.result.summary }
  private var run: RunDescription { input.result.run }

  /// Every section that has something in it, in the page's order.
  var all: [PageSection] {
    [
      thresholds, objectives, latencies, timeline, promptLength, waterfall, tokens, failures, client,
      ConfigurationSection(run: run).section,
    ].filter { !$0.isEmpty }
  }

  private var thresholds: PageSection {
    var section = PageSection(id: "thresholds", heading: "Thresholds")
    guard let report = input.thresholds, !report.results.isEmpty else { return section }
    section.tables = [
      PageTable(
        head: ["Fails if", "Outcome", "Found"], styles: [.passed, .wide],
        rows: report.results.map {
          (name: $0.threshold.description, cells: [$0.isMissed ? "missed" : "passed", $0.message])
        },
        exceptions: Dictionary(
          uniqueKeysWithValues: report.results.indices.filter { report.results[$0].isMissed }.map {
            ($0, (cell: 0, style: PageTable.Style.missed))
          }))
    ]
    return section
  }

  private var objectives: PageSection {
    PageSection(
      id: "objectives", heading: "Service level objectives",
      tables: summary.objectives.each.isEmpty
        ? []
        : [
          PageTable(
            head: ["Objective", "Met by", "From the due time"], styles: [.number, .number], style: "facts",
            rows: (summary.objectives.each.map {
              ($0.objective.description, [$0.attainment, $0.scheduledAttainment])
            } + [("all of them", [summary.objectives.attainment, summary.objectives.scheduledAttainment])]).map {
              (name: $0, cells: $1.map { NumberText.percent($0) })
            })
        ])
  }

  private var latencies: PageSection {
    var section = PageSection(id: "latency", heading: "Latency")
    guard summary.counts.succeeded > 0 else {
      section.lead = "No request succeeded, so there are no times."
      return section
    }
    let metrics = SummaryMetric.distributions.filter { metric in
      metric.unit != .count && !Self.clientMetrics.contains(metric.name) && !metric.distribution(in: summary).isEmpty
        // Without failures these say what latency and response time say.
        && !(summary.counts.failed == 0 && metric.name.hasSuffix("_with_failures"))
    }
    section.tables = [Self.table(of: metrics, in: summary), confidence].filter { !$0.rows.isEmpty }
    let shown: [(String, Distribution)] = [
      ("Time to first token", summary.times.timeToFirstToken), ("Latency", summary.times.latency),
      (
        summary.gaps.isEstimated ? "Inter-token latency (estimated)" : "Inter-token latency",
        summary.gaps.interTokenLatency
      ),
    ]
    section.plots = shown.flatMap { name, sample in
      let charts = DistributionCharts(name: name, unit: .seconds, sample: sample)
      return [charts.histogram, charts.percentileCurve].compactMap(\.self)
    }
    return section
  }

  /// How sure mean and percentiles are, for the metrics with enough values to tell.
  private var confidence: PageTable {
    func text(_ interval: ConfidenceInterval?) -> String {
      interval.map { "\(NumberText.time($0.low)) – \(NumberText.time($0.high))" } ?? "too few"
    }
    let metrics = [
      ("Time to first token", summary.certainty.timeToFirstToken), ("Latency", summary.certainty.latency),
    ]
    return PageTable(
      head: ["95 % confidence", "mean", "p50", "p99", "independent values"],
      styles: Array(repeating: .number, count: 4),
      rows: metrics.compactMap { name, intervals in
        guard let count = intervals.effectiveCount, intervals.mean != nil || intervals.p50 != nil else { return nil }
        return (name, [text(intervals.mean), text(intervals.p50), text(intervals.p99), NumberText.short(count)])
      })
  }

  private var timeline: PageSection {
    var section = PageSection(
      id: "timeline", heading: "Over time", plots: TimelineCharts(timeline: RunTimeline(rows)).plots)
    if section.plots.isEmpty { section.lead = "No request was sent." }
    if let window = summary.steadyWindow {
      section.lead =
        "Steady from \(NumberText.time(window.start)) to \(NumberText.time(window.end)), with \(NumberText.short(window.meanInFlight)) in flight: \(NumberText.short(window.requestThroughput)) requests a second"
        + (window.outputTokenThroughput.map { ", \(NumberText.short($0)) output tokens a second." } ?? ".")
    }
    return section
  }

  private var promptLength: PageSection {
    PageSection(id: "prompts", heading: "Prompt length", plots: [ScatterChart(rows: rows).plot].compactMap(\.self))
  }

  private var waterfall: PageSection {
    PageSection(id: "slowest", heading: "Slowest requests", plots: [WaterfallChart(rows: rows).plot].compactMap(\.self))
  }

  private var tokens: PageSection {
    var section = PageSection(id: "tokens", heading: "Tokens")
    var counts: [(String, Int?)] = [
      ("Input tokens", summary.tokens.totalInput), ("Input tokens from a cache", summary.tokens.totalCached),
      ("Output tokens", summary.tokens.totalOutput), ("Output tokens of reasoning", summary.tokens.totalReasoning),
    ]
    // One source alone would say the same again.
    if summary.tokens.countedOutput != nil || summary.tokens.source != .usage {
      counts += [
        ("Input tokens by the service", summary.tokens.usageInput),
        ("Input tokens by our tokenizer", summary.tokens.countedInput),
        ("Output tokens by the service", summary.tokens.usageOutput),
        ("Output tokens by our tokenizer", summary.tokens.countedOutput),
      ]
    }
    let known = counts.compactMap { name, count in count.map { (name: name, cells: [NumberText.grouped($0)]) } }
    guard !known.isEmpty else {
      if summary.counts.succeeded > 0 {
        section.lead =
          "Nobody counted tokens: the service reported none, and no tokenizer was given (--tokenizer-path)."
      }
      return section
    }
    let source =
      switch summary.tokens.source {
      case .usage: "The headline counts by the service's own usage."
      case .tokenizer: "The headline counts by our tokenizer."
      case .none: "Not every success had a count, so the headline has none."
      }
    section.lead = source
    section.tables = [PageTable(styles: [.number], style: "facts", rows: known)]
    section.plots = [
      ("Input tokens", summary.tokens.inputPerRequest), ("Output tokens", summary.tokens.outputPerRequest),
    ].compactMap {
      DistributionCharts(name: $0.0, unit: .count, sample: $0.1).histogram
    }
    return section
  }

  private var failures: PageSection {
    var section = PageSection(id: "failures", heading: "Failures")
    guard !summary.failures.isEmpty else { return section }
    section.tables = [
      PageTable(
        head: ["Class", "Count", "Share", "Samples"], styles: [.number, .number, .wide],
        rows: summary.failures.map { failure in
          let share = summary.counts.total > 0 ? Double(failure.count) / Double(summary.counts.total) : nil
          return (
            name: failure.code.description,
            cells: [NumberText.grouped(failure.count), NumberText.percent(share), samples(of: failure)]
          )
        })
    ]
    return section
  }

  /// The first message of a class, and up to two others with the requests that had them.
  private func samples(of failure: FailureCount) -> String {
    var messages: [(text: String, request: Int)] = []
    for row in rows {
      guard let found = row.failure, found.code == failure.code else { continue }
      if !messages.contains(where: { $0.text == found.message }) { messages.append((found.message, row.index)) }
      if messages.count == 3 { break }
    }
    guard !messages.isEmpty else { return failure.sample }
    return messages.map { "#\($0.request): \($0.text.count > 300 ? $0.text.prefix(300) + "…" : $0.text[...])" }
      .joined(separator: "\n")
  }

  private static let clientMetrics: Set = ["schedule_lag", "start_lag", "read_delay", "first_slack", "connect_time"]

  private var client: PageSection {
    let metrics = SummaryMetric.distributions.filter {
      Self.clientMetrics.contains($0.name) && !$0.distribution(in: summary).isEmpty
    }
    var facts: [(name: String, cells: [String])] = []
    if summary.counts.cut > 0 {
      facts.append(("Requests cut by the end of the run", [NumberText.grouped(summary.counts.cut)]))
    }
    if summary.counts.neverSent > 0 {
      facts.append(("Requests never sent", [NumberText.grouped(summary.counts.neverSent)]))
    }
    if summary.counts.warmup > 0 { facts.append(("Warm-up requests", [NumberText.grouped(summary.counts.warmup)])) }
    if summary.counts.retried > 0 {
      facts.append(("Sent again after a dead connection", [NumberText.grouped(summary.counts.retried)]))
    }
    if let share = summary.prompts.repeatedShare { facts.append(("Prompts sent before", [NumberText.percent(share)])) }
    if let share = summary.prompts.sharedPrefixShare, share > 0 {
      facts.append(("New prompts that began like one before", [NumberText.percent(share)]))
    }
    if let share = summary.gaps.zeroShare { facts.append(("Chunks that came together", [NumberText.percent(share)])) }
    facts += TextReport.clientFacts(of: input.result).map { (Self.capitalized($0.name), [$0.value]) }
    var section = PageSection(id: "client", heading: "Schedule and client")
    if !metrics.isEmpty { section.tables.append(Self.table(of: metrics, in: summary)) }
    if !facts.isEmpty { section.tables.append(PageTable(styles: [.wide], style: "notes", rows: facts)) }
    let lag = DistributionCharts(name: "Schedule lag", unit: .seconds, sample: summary.client.scheduleLag)
    section.plots = [lag.histogram, lag.percentileCurve, ClientHealthChart(health: input.health).plot].compactMap(
      \.self)
    return section
  }

  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  private static func table(of metrics: [SummaryMetric], in summary: RunSummary) -> PageTable {
    let percentiles: [Double] = [50, 90, 95, 99, 99.9]
    return PageTable(
      head: ["", "n", "mean", "min"] + percentiles.map { "p" + NumberText.short($0) } + ["max"],
      styles: Array(repeating: .number, count: percentiles.count + 4),
      rows: metrics.map { metric in
        let sample = metric.distribution(in: summary)
        let values = percentiles.map { sample.reportablePercentile($0).map(metric.unit.text) ?? "too few" }
        return (
          name: metric.name == "itl" && summary.gaps.isEstimated
            ? metric.label + " (estimated)" : metric.label,
          cells: [
            NumberText.grouped(sample.count), metric.unit.text(sample.reportableMean), metric.unit.text(sample.min),
          ]
            + values
            + [metric.unit.text(sample.reportableMax)]
        )
      })
  }
}
