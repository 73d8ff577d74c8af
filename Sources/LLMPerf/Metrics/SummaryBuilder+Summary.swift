/// What a summary needs to know beside the records.
public struct SummaryOptions: Sendable {
  /// Whether due times came from a schedule and not from slots that became free.
  public var isOpenLoop: Bool
  /// Whether the run was interrupted or cut off.
  public var isPartial: Bool
  /// Requests that were due before sending ended and that no record tells of. Records of requests that were never sent count
  /// by themselves.
  public var neverSentRequests: Int
  /// Requests that were planned, and not sent since their session ended before; no record tells of them.
  public var skippedRequests = 0
  /// When sending ended before the requests ran out; nil when it did not.
  public var sendingEnded: RunInstant?
  /// The cap on requests in flight in open loop; nil without one.
  public var maxInFlight: Int?
  /// When the first wave of a closed loop was due, all of it in one instant; of a run that several clients sent, one for each.
  public var firstWaves: Set<RunInstant> = [.start]

  /// The summary of a run in closed or open loop.
  public init(
    isOpenLoop: Bool = false, isPartial: Bool = false, neverSentRequests: Int = 0, sendingEnded: RunInstant? = nil,
    maxInFlight: Int? = nil, firstWaves: Set<RunInstant> = [.start]
  ) {
    self.isOpenLoop = isOpenLoop
    self.isPartial = isPartial
    self.neverSentRequests = neverSentRequests
    self.sendingEnded = sendingEnded
    self.maxInFlight = maxInFlight
    self.firstWaves = firstWaves
  }
}

extension SummaryBuilder {
  /// The numbers of everything received so far. Costs about as much as sorting each metric's values once, for the run and
  /// for each key that parts it.
  ///
  /// - Throws: when values that were put into a temporary file cannot be read back.
  public func summary(_ options: SummaryOptions = SummaryOptions()) throws -> RunSummary {
    var summary = RunSummary()
    summary.isPartial = options.isPartial
    summary.sendingEnded = options.sendingEnded?.seconds
    summary.counts = whole.counts
    summary.counts.warmup = warmups
    summary.counts.neverSent += options.neverSentRequests
    summary.counts.skipped += options.skippedRequests
    let source = whole.tokens.source
    try write(whole: source, options, to: &summary)
    summary.failures = failures.counts
    summary.remarks = remarks.counts
    summary.prompts.repeatedShare = prompts.repeatedShare
    summary.prompts.sharedPrefixShare = prompts.sharedPrefixShare
    summary.prompts.meanLength = whole.meanPromptLength
    try writeActivity(to: &summary, options)
    summary.classic = classic.numbers(
      latencies: try classicLatencies(), firstChunkLatencies: present(try columns.seconds(.classicFirstChunk)),
      outputTokens: summary.tokens.totalOutput)
    for key in slicer.divisions.indices where slicer.divisions[key].isDivided {
      summary.slices += try slices(ofKey: key, of: summary, options)
    }
    return summary
  }

  private func write(whole source: TokenSource, _ options: SummaryOptions, to summary: inout RunSummary) throws {
    let rows = RowParts.whole
    summary.runTime = whole.runTime(lastCut: lastCut(options))
    summary.tokens = try tokens(of: [whole], rows, by: source)[0]
    summary.rates = whole.rates(over: summary.runTime, counts: summary.counts, tokens: summary.tokens, options)
    summary.events = whole.events
    summary.times = try times(of: [summary.counts], rows, by: source)[0]
    summary.certainty.latency = MetricIntervals(summary.times.latency, series: try series(of: .latency))
    summary.certainty.timeToFirstToken = MetricIntervals(
      summary.times.timeToFirstToken, series: try series(of: .timeToFirstToken))
    summary.client = try clientTimes(of: [whole], rows, [summary.times], options)[0]
    summary.gaps = whole.gaps.numbers
    summary.objectives = try objectiveNumbers(of: [summary.counts], rows, over: [summary.runTime], by: source) {
      _, _ in true
    }[0]
  }

  /// When the last of those requests was left that `isIn` says yes of; nil when there is none. One that the end of the run cut
  /// was under way until sending ended; the wait that followed was for its end alone.
  private func lastCut(_ options: SummaryOptions, isIn: (CutRequest) -> Bool = { _ in true }) -> Int64? {
    cuts.lazy.filter(isIn).map { min($0.endedAt, options.sendingEnded ?? $0.endedAt).nanoseconds }.max()
  }

  /// The slices that one key makes, those of the requests without a value left out.
  private func slices(ofKey key: Int, of summary: RunSummary, _ options: SummaryOptions) throws -> [RunSlice] {
    let division = slicer.divisions[key]
    let rows = try slicer.rows(of: key)
    let tallies = division.tallies
    let counts = tallies.map(\.counts)
    let runTimes = tallies.indices.map { part in
      division.key.partsTime
        ? tallies[part].runTime(lastCut: lastCut(options) { $0.parts[key] == part }) : summary.runTime
    }
    let tokens = try tokens(of: tallies, rows, by: summary.tokens.source)
    let times = try times(of: counts, rows, by: summary.tokens.source)
    let client = try clientTimes(of: tallies, rows, times, options)
    let objectives = try objectiveNumbers(of: counts, rows, over: runTimes, by: summary.tokens.source) {
      $0.parts[key] == $1
    }
    let slices = division.names.indices.compactMap { part -> RunSlice? in
      guard let name = division.names[part] else { return nil }
      var slice = RunSlice(key: division.key.name, name: name)
      slice.runTime = runTimes[part]
      slice.counts = counts[part]
      slice.tokens = tokens[part]
      slice.rates = tallies[part].rates(over: runTimes[part], counts: counts[part], tokens: tokens[part], options)
      slice.objectives = objectives[part]
      slice.times = times[part]
      slice.gaps = tallies[part].gaps.numbers
      slice.client = client[part]
      slice.events = tallies[part].events
      return slice
    }
    return slices.sorted { RunSlice.stands($0.name, before: $1.name) }
  }
}
