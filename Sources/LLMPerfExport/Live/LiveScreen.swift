import LLMPerf

/// What `LiveView` draws: a function of the numbers and the terminal's size.
struct LiveScreen {
  let run: RunDescription
  let statistics: LiveStatistics
  let client: ClientSampler.Sample?
  let inFlight: Int

  private static let labelWidth = 11

  /// The lines for a terminal of `size`: at least one, at most its height less one.
  func lines(in size: TerminalSize) -> [StyledLine] {
    let columns = max(10, size.columns - 1)
    let single = ProgressLine.line(statistics, of: run, inFlight: inFlight, columns: columns)
    guard size.rows >= 7, columns >= 50 else { return [single] }
    // In the order of the screen, with the order in which lines go where room is short.
    var ranked: [(rank: Int, line: StyledLine)] = [
      (6, title(columns)), (0, single), (2, requests),
      (5, spark(throughput, .cyan, columns) { "\(NumberText.significant($0))/s" }),
      (1, percentiles("TTFT", statistics.timeToFirstToken)),
      (4, spark(firstTokens, .green, columns) { NumberText.time($0) }),
      (2, percentiles("latency", statistics.latency)), (3, percentiles("TPOT", statistics.timePerOutputToken)),
      (1, failures), (3, health),
    ]
    if size.rows >= 14 { ranked.insert((7, StyledLine("")), at: 0) }
    while ranked.count > size.rows - 1, let last = ranked.indices.max(by: { ranked[$0].rank < ranked[$1].rank }) {
      ranked.remove(at: last)
    }
    return ranked.map(\.line)
  }

  private func title(_ columns: Int) -> StyledLine {
    let clock = NumberText.clock(statistics.elapsed)
    let load = " · " + (run.parallel.map { "\($0) at a time" } ?? "open loop")
    var line = StyledLine(run.model, .bold)
    // The address may be of any length; what stands behind it stays.
    let room = max(0, columns - line.width - load.count - clock.count - 5)
    line.append(" · " + (run.url.count > room ? run.url.prefix(room) + "…" : run.url) + load, .dim)
    line.append(String(repeating: " ", count: max(1, columns - line.width - clock.count)) + clock)
    return line
  }

  private var requests: StyledLine {
    var line = label("requests")
    let values = [
      statistics.recentRate.map { "\(NumberText.significant($0))/s now" },
      statistics.requestRate.map { "\(NumberText.significant($0))/s mean" },
      statistics.outputTokenRate.map { "\(NumberText.significant($0)) tokens/s" },
      statistics.warmups > 0 ? "\(statistics.warmups) warm-up" : nil,
    ]
    line.append(values.compactMap { $0 }.joined(separator: "   "))
    return line
  }

  private var throughput: [Double?] {
    statistics.timeline.points.map { Double($0.succeeded) / statistics.timeline.width }
  }

  private var firstTokens: [Double?] { statistics.timeline.points.map(\.timeToFirstToken) }

  private func spark(
    _ values: [Double?], _ style: StyledLine.Style, _ columns: Int, unit: (Double) -> String
  ) -> StyledLine {
    var line = label("")
    let room = min(120, columns - Self.labelWidth - 14)
    line.append(Sparkline.text(values, columns: room), style)
    let highest = values.suffix(room).compactMap { $0 }.max()
    if let highest { line.append(" max \(unit(highest))", .dim) }
    return line
  }

  private func percentiles(_ name: String, _ histogram: LogHistogram) -> StyledLine {
    var line = label(name)
    guard histogram.count > 0 else {
      line.append("–", .dim)
      return line
    }
    for p in [50.0, 90, 99] {
      guard let value = histogram.percentile(p) else { continue }
      line.append("p\(Int(p)) ", .dim)
      let text = NumberText.time(value)
      line.append(text + String(repeating: " ", count: max(3, 11 - text.count)))
    }
    // 1 ÷ (1 − p) values are the fewest that a percentile can mean anything of.
    if histogram.count < 100 { line.append("of \(histogram.count)", .dim) }
    return line
  }

  private var failures: StyledLine {
    var line = label("failures")
    guard statistics.failed > 0 else {
      line.append("none", .green)
      return line
    }
    let share = Double(statistics.failed) / Double(max(1, statistics.completed))
    line.append("\(statistics.failed) (\(NumberText.percent(share)))", .red)
    let sorted = statistics.failures.sorted { $0.count > $1.count }
    line.append("  " + sorted.prefix(3).map { "\($0.count) \($0.code)" }.joined(separator: ", "))
    if let first = sorted.first { line.append("  \(first.sample)", .dim) }
    return line
  }

  /// What says whether the client itself is in the way.
  private var health: StyledLine {
    var line = label("client")
    if let client {
      line.append("CPU \(NumberText.percent(client.processShare))", client.processShare > 0.8 ? .red : .plain)
      line.append("  memory \(NumberText.bytes(client.residentBytes))")
    }
    if let lag = statistics.scheduleLag.percentile(99) {
      line.append("  lag p99 ")
      line.append(NumberText.time(lag), ClientWarning(statistics, of: run) == nil ? .plain : .red)
    }
    if let delay = statistics.readDelay.percentile(99) { line.append("  read delay p99 \(NumberText.time(delay))") }
    return line
  }

  private func label(_ text: String) -> StyledLine {
    StyledLine(text + String(repeating: " ", count: max(1, Self.labelWidth - text.count)), .dim)
  }
}
