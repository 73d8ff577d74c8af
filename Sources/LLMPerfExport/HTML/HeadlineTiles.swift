import LLMPerf

/// The numbers that a reader looks for first.
struct HeadlineTiles {
  let summary: RunSummary

  /// The tiles in their order.
  var all: [Markup] {
    var tiles = [
      tile(
        "Requests", NumberText.grouped(summary.totalRequests),
        summary.totalRequests == 0
          ? nil
          : "\(NumberText.grouped(summary.succeededRequests)) succeeded, \(NumberText.grouped(summary.failedRequests)) failed",
        style: summary.failedRequests > 0 && summary.succeededRequests == 0 ? "bad" : ""),
      tile("Request throughput", rate(summary.requestThroughput), summary.runTime.map { "in \(NumberText.time($0))" }),
    ]
    if let throughput = summary.outputTokenThroughput {
      tiles.append(
        tile("Output tokens", rate(throughput), summary.outputTokens.mean.map { "\(NumberText.short($0)) per request" })
      )
    }
    let hasSuccess = summary.succeededRequests > 0
    tiles.append(
      sample("Time to first token", summary.timeToFirstToken, unless: hasSuccess ? "not streamed" : "nothing succeeded")
    )
    tiles.append(sample("Latency", summary.latency, unless: "nothing succeeded"))
    if !summary.timePerOutputToken.isEmpty {
      tiles.append(sample("Time per output token", summary.timePerOutputToken, unless: nil))
    }
    tiles.append(
      tile(
        "Error rate", NumberText.percent(summary.errorRate), summary.failures.first.map { "most often \($0.code)" },
        style: summary.failedRequests > 0 ? "bad" : ""))
    if let goodput = summary.goodput {
      tiles.append(
        tile("Goodput", rate(goodput), summary.attainment.map { "\(NumberText.percent($0)) meet every objective" }))
    }
    if let offered = summary.offeredRate {
      tiles.append(tile("Offered rate", rate(offered), summary.achievedRate.map { "achieved \(rate($0))" }))
    }
    tiles.append(
      tile(
        "Most in flight", NumberText.grouped(summary.peakInFlight),
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
