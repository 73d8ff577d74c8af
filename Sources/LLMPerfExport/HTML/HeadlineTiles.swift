import LLMPerf

/// The numbers that a reader looks for first.
struct HeadlineTiles {
  let summary: RunSummary

  /// The tiles in their order.
  var all: [Markup] {
    var tiles = [
      tile(
        "Requests", NumberText.grouped(summary.counts.total),
        summary.counts.total == 0
          ? nil
          : "\(NumberText.grouped(summary.counts.succeeded)) succeeded, \(NumberText.grouped(summary.counts.failed)) failed",
        style: summary.counts.failed > 0 && summary.counts.succeeded == 0 ? "bad" : ""),
      tile("Request throughput", rate(summary.rates.requests), summary.runTime.map { "in \(NumberText.time($0))" }),
    ]
    if let throughput = summary.rates.outputTokens {
      tiles.append(
        tile(
          "Output tokens", rate(throughput),
          summary.tokens.outputPerRequest.mean.map { "\(NumberText.short($0)) per request" })
      )
    }
    let hasSuccess = summary.counts.succeeded > 0
    tiles.append(
      sample(
        "Time to first token", summary.times.timeToFirstToken, unless: hasSuccess ? "not streamed" : "nothing succeeded"
      )
    )
    tiles.append(sample("Latency", summary.times.latency, unless: "nothing succeeded"))
    if !summary.times.timePerOutputToken.isEmpty {
      tiles.append(sample("Time per output token", summary.times.timePerOutputToken, unless: nil))
    }
    tiles.append(
      tile(
        "Error rate", NumberText.percent(summary.counts.errorRate),
        summary.failures.first.map { "most often \($0.code)" },
        style: summary.counts.failed > 0 ? "bad" : ""))
    if let goodput = summary.objectives.goodput {
      tiles.append(
        tile(
          "Goodput", rate(goodput),
          summary.objectives.attainment.map { "\(NumberText.percent($0)) meet every objective" }))
    }
    if let offered = summary.rates.offered {
      tiles.append(tile("Offered rate", rate(offered), summary.rates.achieved.map { "achieved \(rate($0))" }))
    }
    tiles.append(
      tile(
        "Most in flight", NumberText.grouped(summary.inFlight.peak),
        summary.steadyWindow.map { "\(NumberText.short($0.meanInFlight)) in the steady window" }))
    return tiles
  }

  /// The columns for `count` tiles on a wide page: four, or so many that the last tile does not stand alone.
  static func columns(for count: Int) -> Int {
    [4, 3, 5].first { count % $0 != 1 } ?? 4
  }

  /// Median and tail of a sample; `reason` says why it may be empty.
  private func sample(_ label: String, _ sample: Distribution, unless reason: String?) -> Markup {
    guard !sample.isEmpty else { return tile(label, "n/a", reason) }
    let tail =
      sample.reportablePercentile(99).map { "p99 \(NumberText.time($0))" } ?? "max \(NumberText.time(sample.max))"
    return tile(label + ", p50", NumberText.time(sample.percentile(50)), tail)
  }

  private func rate(_ value: Double?) -> String { SummaryMetric.Unit.perSecond.text(value) }

  private func tile(_ label: String, _ value: String, _ more: String?, style: String = "") -> Markup {
    let remark: Markup = if let more { #"<dd class="more">\#(more)</dd>"# } else { "" }
    return #"<div class="tile \#(style)"><dt>\#(label)</dt><dd>\#(value)</dd>\#(remark)</div>\#n"#
  }
}
