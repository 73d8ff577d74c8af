import LLMPerf

/// The slowest successes, a line each: how long they waited for us, for the first token and for the rest. Failures take
/// their place only where nothing succeeded: a timeout is always the slowest, and says nothing of where time goes.
struct WaterfallChart {
  let rows: [ReportRow]
  var limit = 20

  /// The chart; nil when nothing was sent.
  var plot: Plot? {
    let sent = rows.filter { $0.sent != nil }
    let successes = sent.filter(\.succeeded)
    let slowest = (successes.isEmpty ? sent : successes)
      .sorted { ($0.whole, $1.index) > ($1.whole, $0.index) }.prefix(limit)
    guard let longest = slowest.first?.whole, longest > 0 else { return nil }
    let count = slowest.count
    var lag: [(from: Double, to: Double, row: Int)] = []
    var wait = lag
    var decode = lag
    var unstreamed = lag
    var failed = lag
    var hits: [Plot.Hit] = []
    for (position, row) in slowest.enumerated() {
      let line = count - 1 - position
      let sent = row.scheduleLag ?? 0
      // Below half a pixel it could not be seen.
      if sent > longest / 2000 { lag.append((0, sent, line)) }
      if row.failure != nil {
        failed.append((sent, row.whole, line))
      } else if let first = row.timeToFirstToken {
        wait.append((sent, sent + first, line))
        decode.append((sent + first, row.whole, line))
      } else {
        unstreamed.append((sent, row.whole, line))
      }
      hits.append(Plot.Hit(x: 0...longest, y: Double(line)...Double(line + 1), text: words(row)))
    }
    let ticks = slowest.enumerated().map { position, row in
      PlotScale.Tick(position: (Double(count - 1 - position) + 0.5) / Double(count), label: "#\(row.index)")
    }
    let series = [
      ("schedule lag", "quiet", lag), ("to first token", "a", wait), ("from there to the last token", "good", decode),
      ("whole response", "a", unstreamed), ("failed", "bad", failed),
    ]
    let kind = successes.isEmpty ? "failed request" : "successful request"
    let title = count == 1 ? "The \(kind) that took longest" : "The \(count) \(kind)s that took longest"
    return Plot(
      title: title,
      summary: "\(title), from when they were due; the longest \(NumberText.time(longest)): "
        + (slowest.first.map(words) ?? ""),
      xLabel: "time from when the request was due",
      x: PlotScale.linear(to: longest, ticks: 5) { NumberText.shortTime($0) },
      y: PlotScale(kind: .linear, low: 0, high: Double(count), ticks: ticks),
      series: series.filter { !$0.2.isEmpty }.map { Plot.Series(name: $0.0, color: $0.1, mark: .spans($0.2)) },
      hits: hits, height: 18 * count, gridStands: true, isWide: true)
  }

  private func words(_ row: ReportRow) -> String {
    var parts = ["request \(row.index), due at \(NumberText.time(row.due))"]
    if let lag = row.scheduleLag, lag > 0.0005 { parts.append("sent \(NumberText.time(lag)) late") }
    if let wait = row.timeToFirstToken { parts.append("TTFT \(NumberText.time(wait))") }
    if let latency = row.latency { parts.append("latency \(NumberText.time(latency))") }
    parts.append("prompt of \(row.promptLength) characters")
    if let tokens = row.outputTokens { parts.append("\(NumberText.grouped(tokens)) output tokens") }
    if let failure = row.failure { parts.append("\(failure.code): \(failure.message)") }
    return parts.joined(separator: ", ")
  }
}

extension ReportRow {
  /// From when the request was due until it was over.
  fileprivate var whole: Double { (finished ?? ended ?? sent ?? due) - due }
}
