import LLMPerf

/// The charts of a run over time, one below the other on the same axis.
struct TimelineCharts {
  let timeline: RunTimeline

  /// Every chart that has something to show.
  var plots: [Plot] {
    guard timeline.count > 0 else { return [] }
    var plots = [
      rates(
        "Requests in flight", [("in flight", "a", timeline.inFlight)],
        summary: "Mean number of requests in flight"),
      rates(
        "Requests finished per second", [("successes", "good", timeline.finished)],
        summary: "Successful requests that ended, per second"),
    ]
    if timeline.hasTokens {
      plots.append(
        rates(
          "Output tokens per second", [("tokens", "b", timeline.tokens)],
          summary: "Output tokens per second, those of a request spread evenly between its first and last token"))
    }
    if let waits { plots.append(waits) }
    if timeline.failed.contains(where: { $0 > 0 }) { plots.append(failures) }
    plots[plots.count - 1].xLabel = "time from the run's start, in slices of \(NumberText.shortTime(timeline.width))"
    return plots
  }

  private var time: PlotScale {
    PlotScale.exact(from: 0, to: Double(timeline.count) * timeline.width, ticks: 6) { NumberText.short($0) + " s" }
  }

  private func rates(
    _ title: String, _ lines: [(name: String, color: String, values: [Double])], summary: String
  ) -> Plot {
    let highest = lines.flatMap(\.values).max() ?? 0
    let hits = (0..<timeline.count).map { index in
      hit(index, lines.map { "\($0.name) \(NumberText.short($0.values[index]))" }.joined(separator: ", "))
    }
    return Plot(
      title: title,
      summary: "\(summary), in slices of \(NumberText.time(timeline.width)); at most \(NumberText.short(highest)).",
      xLabel: nil, x: time, y: PlotScale.linear(to: highest > 0 ? highest : 1, ticks: 3) { NumberText.short($0) },
      series: lines.flatMap { line in
        let points = line.values.indices.map { Optional((x: timeline.middle($0), y: line.values[$0])) }
        return [
          Plot.Series(name: nil, color: line.color, mark: .area(points)),
          Plot.Series(name: nil, color: line.color, mark: .line(points)),
        ]
      }, hits: hits, height: 110, isWide: true)
  }

  private var waits: Plot? {
    let values = timeline.firstToken
    guard let highest = values.compactMap({ $0?.p95 }).max() else { return nil }
    let hits = values.indices.compactMap { index in
      values[index].map { hit(index, "TTFT p50 \(NumberText.time($0.p50)), p95 \(NumberText.time($0.p95))") }
    }
    return Plot(
      title: "Time to first token",
      summary:
        "Median and 95th percentile of the time to first token of the requests sent in each slice; p95 at most \(NumberText.time(highest)).",
      xLabel: nil, x: time, y: PlotScale.linear(to: highest, ticks: 3) { NumberText.shortTime($0) },
      series: [
        Plot.Series(
          name: "p95", color: "b",
          mark: .line(values.indices.map { i in values[i].map { (x: timeline.middle(i), y: $0.p95) } })),
        Plot.Series(
          name: "p50", color: "a",
          mark: .line(values.indices.map { i in values[i].map { (x: timeline.middle(i), y: $0.p50) } })),
      ], hits: hits, height: 110, isWide: true)
  }

  private var failures: Plot {
    let counts = timeline.failed
    let total = counts.reduce(0, +)
    let highest = counts.max() ?? 0
    let bars = counts.indices.filter { counts[$0] > 0 }.map { index in
      (from: Double(index) * timeline.width, to: Double(index + 1) * timeline.width, y: Double(counts[index]))
    }
    return Plot(
      title: "Failures",
      summary: "\(total) failures; at most \(highest) in a slice.",
      xLabel: nil, x: time,
      y: PlotScale.linear(to: Double(max(highest, 1)), ticks: highest > 1 ? 3 : 1, whole: true) {
        NumberText.short($0)
      },
      series: [Plot.Series(name: nil, color: "bad", mark: .bars(bars))],
      hits: counts.indices.filter { counts[$0] > 0 }.map { hit($0, "\(counts[$0]) failed") },
      height: 80, isWide: true)
  }

  private func hit(_ index: Int, _ text: String) -> Plot.Hit {
    let from = Double(index) * timeline.width
    return Plot.Hit(
      x: from...(from + timeline.width), y: nil,
      text: "\(NumberText.short(from)) – \(NumberText.short(from + timeline.width)) s: \(text)")
  }
}
