extension SummaryBuilder {
  /// Writes how the run went over time.
  func writeActivity(to summary: inout RunSummary, _ options: SummaryOptions) throws {
    // Tokens over time are sums too: without a count of every answer there are none.
    let source = summary.tokens.totalOutput == nil ? TokenSource.none : summary.tokens.source
    summary.steadyWindow = SteadyWindow(
      activity, medianLatency: summary.times.latency.percentile(50), source: source)
    summary.timeline = TimeSeries(
      activity, firstTokens: try columns.values(.firstToken),
      timesToFirstToken: try columns.seconds(of: .timeToFirstToken, by: summary.tokens.source), source: source)
    summary.inFlight.peak = try peakInFlight()
    summary.inFlight.limit = options.maxInFlight
    if options.isOpenLoop { summary.inFlight.growth = BacklogGrowth(activity) }
  }

  /// Requests in flight at the busiest moment. One that ends when another is sent has left its place to it.
  private func peakInFlight() throws -> Int {
    let absent = RequestColumn.absent
    var starts = try columns.values(.sent)
    var ends = try columns.combine(.sent, .ended) { $0 == absent || $1 == absent ? $0 : $1 }
    starts.removeAll { $0 == absent }
    ends.removeAll { $0 == absent }
    for cut in cuts {
      guard let sent = cut.sentAt else { continue }
      starts.append(sent.nanoseconds)
      ends.append(max(sent, cut.endedAt).nanoseconds)
    }
    starts.sort()
    ends.sort()
    var finished = 0
    var peak = 0
    for (position, start) in starts.enumerated() {
      while finished < position, ends[finished] <= start { finished += 1 }
      peak = max(peak, position + 1 - finished)
    }
    return peak
  }
}
