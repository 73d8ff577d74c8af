import LLMPerf

/// The charts of a run over time, one below the other on the same axis.
struct TimelineCharts {
  let timeline: RunTimeline

  /// Every chart that has something to show.
  var plots: [Plot] {
    guard timeline.count > 0 else { return [] }
    var plots = [
      amounts("Requests in flight", "in flight", "a", timeline.inFlight, summary: "Mean number of requests in flight"),
      amounts(
        "Requests finished per second", "successes", "good", timeline.finished,
        summary: "Successful requests that ended, per second"),
      amounts(
        "Output tokens per second", "tokens", "b", timeline.tokens,
        summary: "Output tokens per second, those of a request spread evenly between its first and last token"),
      waits, failures,
    ].compactMap(\.self)
    guard !plots.isEmpty else { return [] }
    plots[plots.count - 1].xLabel = "time from the run's start, in slices of \(NumberText.shortTime(timeline.width))"
    return plots
  }

  private var time: PlotScale {
    PlotScale.exact(from: 0, to: Double(timeline.count) * timeline.width, ticks: 6) { NumberText.shortTime($0) }
  }

  /// One value of each slice as a filled line; nil where there is nothing in any.
  private func amounts(_ title: String, _ name: String, _ color: String, _ values: [Double], summary: String) -> Plot? {
    guard let highest = values.max(), highest > 0 else { return nil }
    let points = line { values[$0] }
    return Plot(
      title: title,
      summary: "\(summary), in slices of \(NumberText.time(timeline.width)); at most \(NumberText.short(highest)).",
      xLabel: nil, x: time, y: PlotScale.linear(to: highest, ticks: 3) { NumberText.short($0) },
      series: [
        Plot.Series(name: nil, color: color, mark: .area(points)),
        Plot.Series(name: nil, color: color, mark: .line(points)),
      ],
      hits: values.indices.map { hit($0, "\(name) \(NumberText.short(values[$0]))") }, height: 110, isWide: true)
  }

  /// The slices' values at their middles, the first and the last one drawn on to the ends of the axis.
  private func line(_ value: (Int) -> Double?) -> [(x: Double, y: Double)?] {
    func point(_ x: Double, _ index: Int) -> (x: Double, y: Double)? { value(index).map { (x, $0) } }
    return [point(0, 0)] + (0..<timeline.count).map { point(timeline.middle($0), $0) }
      + [point(Double(timeline.count) * timeline.width, timeline.count - 1)]
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
        "Median and 95th percentile of the time to first token of the successes sent in each slice; p95 at most \(NumberText.time(highest)).",
      xLabel: nil, x: time, y: PlotScale.linear(to: highest, ticks: 3) { NumberText.shortTime($0) },
      series: [
        Plot.Series(
          name: "p95", color: "b",
          mark: .line(line { values[$0]?.p95 })),
        Plot.Series(
          name: "p50", color: "a",
          mark: .line(line { values[$0]?.p50 })),
      ], hits: hits, height: 110, isWide: true)
  }

  private var failures: Plot? {
    let counts = timeline.failed
    guard let highest = counts.max(), highest > 0 else { return nil }
    let total = counts.reduce(0, +)
    let bars = counts.indices.filter { counts[$0] > 0 }.map { index in
      (from: Double(index) * timeline.width, to: Double(index + 1) * timeline.width, y: Double(counts[index]))
    }
    return Plot(
      title: "Failures",
      summary: "\(total == 1 ? "1 failure" : "\(NumberText.grouped(total)) failures"); at most \(highest) in a slice.",
      xLabel: nil, x: time,
      y: PlotScale.linear(to: Double(highest), ticks: highest > 1 ? 3 : 1, whole: true) {
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
      text: "\(NumberText.shortTime(from)) – \(NumberText.shortTime(from + timeline.width)): \(text)")
  }
}
