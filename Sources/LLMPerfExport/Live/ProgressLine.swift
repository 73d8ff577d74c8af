package import LLMPerf

/// The default progress on a terminal: one line with what is done, in flight, the rate, the TTFT, failures, the time left.
package final class ProgressLine: RecordSink {
  private let region: TerminalRegion
  private let inFlight: () -> Int
  private var statistics = LiveStatistics(timelineCapacity: 120)
  private var run: RunDescription?

  /// A line in `region`, which shows nothing else.
  ///
  /// - Parameter inFlight: The number of requests in flight, now.
  package init(_ region: TerminalRegion, inFlight: @escaping () -> Int) {
    self.region = region
    self.inFlight = inFlight
  }

  package func begin(_ run: RunDescription) {
    self.run = run
  }

  package func receive(_ records: [RequestRecord]) {
    for record in records { statistics.add(record) }
  }

  package func tick(at now: RunInstant) {
    guard let run else { return }
    let flying = inFlight()
    statistics.advance(to: now, inFlight: flying)
    region.show([Self.line(statistics, of: run, inFlight: flying, columns: region.currentSize.columns - 1)])
  }

  package func end(_ result: RunResult) {
    region.close()
  }

  /// The line, its parts left out from the least important on until it fits.
  static func line(_ statistics: LiveStatistics, of run: RunDescription, inFlight: Int, columns: Int) -> StyledLine {
    let expected = run.expectedRequests
    var parts: [(rank: Int, line: StyledLine)] = []
    var head = StyledLine()
    if let expected, expected > 0 {
      let share = Double(statistics.completed) / Double(expected)
      let (full, rest) = Sparkline.bar(share, columns: columns >= 60 ? 16 : 8)
      head.append(full, .cyan)
      head.append(rest, .dim)
      head.append(" \(statistics.completed)/\(expected)", .bold)
    } else {
      head.append("\(statistics.completed) done", .bold)
    }
    parts.append((0, head))
    if statistics.warmups > 0, statistics.completed == 0 {
      parts.append((1, StyledLine("\(statistics.warmups) warm-up")))
    }
    parts.append((4, StyledLine("\(inFlight) in flight")))
    if let rate = statistics.recentRate { parts.append((2, StyledLine("\(NumberText.significant(rate))/s"))) }
    if let ttft = statistics.timeToFirstToken.percentile(50) {
      parts.append((5, StyledLine("TTFT \(NumberText.time(ttft))")))
    }
    if statistics.failed > 0 { parts.append((1, StyledLine("\(statistics.failed) failed", .red))) }
    if let warning = ClientWarning(statistics, of: run) { parts.append((1, StyledLine(warning.text, .red))) }
    if let left = statistics.timeLeft(expected: expected) {
      parts.append((3, StyledLine("\(NumberText.clock(left)) left")))
    } else {
      parts.append((3, StyledLine(NumberText.clock(statistics.elapsed))))
    }
    while parts.count > 1, width(parts) > columns, let last = parts.indices.max(by: { parts[$0].rank < parts[$1].rank })
    {
      parts.remove(at: last)
    }
    var line = StyledLine()
    for (place, part) in parts.enumerated() {
      if place > 0 { line.append(" · ", .dim) }
      for piece in part.line.pieces { line.append(piece.text, piece.style) }
    }
    return line
  }

  private static func width(_ parts: [(rank: Int, line: StyledLine)]) -> Int {
    parts.reduce(3 * (parts.count - 1)) { $0 + $1.line.width }
  }
}
