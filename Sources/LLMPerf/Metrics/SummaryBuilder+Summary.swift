/// What a summary needs to know beside the records.
public struct SummaryOptions: Sendable {
  /// Whether due times came from a schedule and not from slots that became free.
  public var isOpenLoop: Bool
  /// Whether the run was interrupted or cut off.
  public var isPartial: Bool
  /// Requests that were due before sending ended and that no record tells of. Records of requests that were never sent count
  /// by themselves.
  public var neverSentRequests: Int
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
  /// The numbers of everything received so far. Costs about as much as sorting each metric's values once.
  ///
  /// - Throws: when values that were put into a temporary file cannot be read back.
  public func summary(_ options: SummaryOptions = SummaryOptions()) throws -> RunSummary {
    var summary = RunSummary()
    writeCounts(to: &summary, options)
    tokens.write(to: &summary)
    writeRates(to: &summary, options)
    try writeDistributions(to: &summary, options)
    writeGaps(to: &summary)
    try writeObjectives(to: &summary)
    try writeActivity(to: &summary)
    if options.isOpenLoop { summary.backlogGrowth = BacklogGrowth(activity) }
    summary.legacy = legacy.summary(
      latencies: try legacyLatencies(), firstChunkLatencies: present(try columns.seconds(.legacyFirstChunk)),
      outputTokens: summary.totalOutputTokens)
    return summary
  }

  private func writeCounts(to summary: inout RunSummary, _ options: SummaryOptions) {
    summary.totalRequests = counts.ended
    summary.succeededRequests = counts.succeeded
    summary.failedRequests = counts.ended - counts.succeeded
    summary.neverSentRequests = counts.neverSent + options.neverSentRequests
    summary.cutRequests = counts.cut
    summary.abandonedRequests = counts.abandoned
    summary.skippedRequests = counts.skipped
    summary.sendingEnded = options.sendingEnded?.seconds
    summary.warmupRequests = counts.warmup
    summary.retriedRequests = counts.retried
    summary.isPartial = options.isPartial
    summary.maxInFlight = options.maxInFlight
    summary.failures = failures.counts
    summary.remarks = zip(ReadingRemarks.named, counts.remarks).compactMap { named, count in
      count > 0 ? RemarkCount(named.remark, count: count) : nil
    }
    summary.repeatedPromptShare = prompts.repeatedShare
    summary.sharedPrefixShare = prompts.sharedPrefixShare
    guard counts.ended > 0 else { return }
    summary.errorRate = Double(summary.failedRequests) / Double(counts.ended)
    summary.meanPromptLength = counts.promptLength.approximate / Double(counts.ended)
    if counts.responses > 0 { summary.kernelStampedShare = Double(counts.kernelStamped) / Double(counts.responses) }
    if counts.succeeded > 0 {
      summary.meanEventsPerRequest = counts.eventsOfSuccesses.approximate / Double(counts.succeeded)
    }
    let gaps = counts.eventGaps.approximate
    if gaps > 0 { summary.meanEventGap = Double(counts.eventGapTime) / 1e9 / gaps }
  }

  private func writeRates(to summary: inout RunSummary, _ options: SummaryOptions) {
    if options.isOpenLoop {
      let due = counts.ended + counts.cut + counts.abandoned + counts.neverSent
      summary.offeredRate = rate(of: due, from: counts.firstDue, to: counts.lastDue)
    }
    // Where requests that were due waited for ever, sending stood still from the last one on.
    let stalled = summary.neverSentRequests > 0 ? options.sendingEnded?.nanoseconds : nil
    summary.achievedRate = rate(
      of: counts.sent, from: counts.firstLeft, to: [counts.lastLeft, stalled].compactMap(\.self).max())
    // A cut request was under way until sending ended; the wait that followed was for its end alone.
    let lastCut = cuts.map { min($0.endedAt, options.sendingEnded ?? $0.endedAt).nanoseconds }.max()
    guard let time = counts.runTime(lastCut: lastCut), time > 0 else { return }
    summary.runTime = time
    summary.requestThroughput = Double(counts.succeeded) / time
    summary.eventThroughput = counts.events.approximate / time
    summary.inputThroughput = counts.inputs.map { $0.approximate / time }
    summary.outputTokenThroughput = summary.totalOutputTokens.map { Double($0) / time }
    let hasNoOutput = summary.usageOutputTokens == nil && summary.countedOutputTokens == nil
    if let input = summary.totalInputTokens, hasNoOutput || summary.totalOutputTokens != nil {
      summary.totalTokenThroughput = (Double(input) + Double(summary.totalOutputTokens ?? 0)) / time
    }
  }

  /// Arrivals per second: the first of `count` opens the span and the last one closes it.
  private func rate(of count: Int, from first: Int64?, to last: Int64?) -> Double? {
    guard let first, let last, last > first, count > 1 else { return nil }
    return Double(count - 1) / (Double(last - first) / 1e9)
  }

  /// Start − due of each row, NaN where there is none. In a closed loop the first wave is due in one instant, in which it
  /// cannot all leave; how long that takes says nothing about the load that follows.
  private func startLags(_ options: SummaryOptions) throws -> [Double] {
    let lags = try columns.difference(.start, .due)
    if options.isOpenLoop { return lags }
    let due = try columns.values(.due)
    return lags.indices.map { options.firstWaves.contains(RunInstant(nanoseconds: due[$0])) ? .nan : lags[$0] }
  }

  private func writeDistributions(to summary: inout RunSummary, _ options: SummaryOptions) throws {
    let source = summary.tokenSource
    func sample(_ metric: RequestMetric) throws -> Distribution {
      Distribution(present(try columns.seconds(of: metric, by: source)))
    }
    summary.latency = try sample(.latency)
    summary.latencyIntervals = MetricIntervals(summary.latency, series: try series(of: .latency))
    summary.timeToFirstToken = try sample(.timeToFirstToken)
    summary.timeToFirstTokenIntervals = MetricIntervals(
      summary.timeToFirstToken, series: try series(of: .timeToFirstToken))
    summary.responseTime = try sample(.responseTime)
    summary.scheduledTimeToFirstToken = try sample(.scheduledTimeToFirstToken)
    summary.timeToFirstOutput = try sample(.timeToFirstOutput)
    summary.maxStall = try sample(.maxStall)
    summary.scheduleLag = try sample(.scheduleLag)
    summary.connectTime = try sample(.connectTime)
    summary.startLag = Distribution(present(try startLags(options)))
    summary.readDelay = Distribution(present(try columns.seconds(.readDelay)))
    summary.firstSlack = Distribution(present(try columns.seconds(.firstSlack)))
    summary.earliestTimeToFirstToken =
      summary.firstSlack.max ?? 0 > 0 ? try earliestTimesToFirstToken() : summary.timeToFirstToken
    let perToken = present(try columns.seconds(of: .timePerOutputToken, by: source))
    summary.timePerOutputToken = Distribution(perToken)
    summary.outputRatePerUser = Distribution(perToken.filter { $0 > 0 }.map { 1 / $0 })
    summary.inputTokens = Distribution(present(try columns.tokens(.input, by: source)))
    summary.outputTokens = Distribution(present(try columns.tokens(.output, by: source)))
    // Failures as +∞ only matter where there are some.
    let failed = summary.failedRequests
    summary.latencyWithFailures =
      try failed == 0 ? summary.latency : withFailures(.latency, failed, by: source)
    summary.responseTimeWithFailures =
      try failed == 0 ? summary.responseTime : withFailures(.responseTime, failed, by: source)
  }

  /// TTFT as if every first token had come as early as its slack allows.
  private func earliestTimesToFirstToken() throws -> Distribution {
    let slack = try columns.values(.firstSlack)
    var times = try columns.difference(.firstToken, .sent)
    for row in times.indices where slack[row] != RequestColumn.absent { times[row] -= Double(slack[row]) / 1e9 }
    return Distribution(present(times))
  }

  private func withFailures(_ metric: RequestMetric, _ failed: Int, by source: TokenSource) throws -> Distribution {
    var values = present(try columns.seconds(of: metric, by: source))
    values.sort()
    return Distribution(sorted: values, infiniteCount: failed)
  }

  private func writeGaps(to summary: inout RunSummary) {
    var gaps = plainGaps
    gaps.add(countedGaps)
    summary.interChunkLatency = Distribution(gaps)
    var perToken = plainGaps
    perToken.add(tokenGaps)
    summary.interTokenLatency = Distribution(perToken)
    summary.interTokenLatencyIsEstimated = plainGaps.count > 0 || tokenGaps.count == 0
    guard gaps.count > 0 else { return }
    summary.zeroGapShare = Double(gaps.zeroCount) / Double(gaps.count)
    summary.lateGapShare = counts.gapsOfReads.approximate / Double(gaps.count)
  }

  private func writeObjectives(to summary: inout RunSummary) throws {
    guard !objectives.isEmpty else { return }
    let source = summary.tokenSource
    let asSent = try attainment(by: source) { $0 }
    let asDue = try attainment(by: source) { $0.fromDueTime }
    let ended = summary.totalRequests + summary.neverSentRequests + summary.skippedRequests
    func share(_ met: Int, _ objectives: [ServiceLevelObjective], isFromDueTime: Bool = false) -> Double? {
      let judged = ended + cutRequests(missing: objectives, isFromDueTime: isFromDueTime)
      return judged == 0 ? nil : Double(met) / Double(judged)
    }
    summary.objectives = objectives.indices.map { place in
      let objective = objectives[place]
      return ObjectiveResult(
        objective: objective, attainment: share(asSent.each[place], [objective]),
        scheduledAttainment: share(asDue.each[place], [objective], isFromDueTime: true))
    }
    summary.attainment = share(asSent.all, objectives)
    summary.scheduledAttainment = share(asDue.all, objectives, isFromDueTime: true)
    summary.goodput = summary.runTime.map { Double(asSent.all) / $0 }
    summary.scheduledGoodput = summary.runTime.map { Double(asDue.all) / $0 }
  }

  /// How many cut requests had missed one of `objectives` already: the others are out of the count.
  private func cutRequests(missing objectives: [ServiceLevelObjective], isFromDueTime: Bool) -> Int {
    cuts.count { cut in
      objectives.contains { cut.missed($0.limit, of: isFromDueTime ? $0.metric.fromDueTime : $0.metric) }
    }
  }

  /// How many successes keep each objective, and all of them, each taken of the metric that `metric` makes of its own.
  private func attainment(
    by source: TokenSource, _ metric: (RequestMetric) -> RequestMetric
  ) throws -> (each: [Int], all: Int) {
    let succeeded = try columns.values(.finished).map { $0 != RequestColumn.absent }
    var meetsAll = succeeded
    let each = try objectives.map { objective in
      let values = try columns.seconds(of: metric(objective.metric), by: source)
      let limit = objective.limit.inSeconds
      var met = 0
      for row in meetsAll.indices {
        let isMet = succeeded[row] && row < values.count && values[row] <= limit
        if isMet { met += 1 } else { meetsAll[row] = false }
      }
      return met
    }
    return (each, meetsAll.count { $0 })
  }

  private func writeActivity(to summary: inout RunSummary) throws {
    // Tokens over time are sums too: without a count of every answer there are none.
    let source = summary.totalOutputTokens == nil ? TokenSource.none : summary.tokenSource
    summary.steadyWindow = SteadyWindow(
      activity, medianLatency: summary.latency.percentile(50), source: source)
    summary.timeline = TimeSeries(
      activity, firstTokens: try columns.values(.firstToken),
      timesToFirstToken: try columns.seconds(of: .timeToFirstToken, by: summary.tokenSource),
      source: source)
    summary.peakInFlight = try peakInFlight()
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

  /// The metric's values in the order of the schedule, requests without one left out.
  func series(of metric: RequestMetric) throws -> [Double] {
    let values = try columns.seconds(of: metric, by: tokens.source)
    guard values.count == columns.count else { return [] }
    return present(try scheduleOrder().map { values[Int($0)] })
  }

  /// The rows in the order of the schedule.
  private func scheduleOrder() throws -> [Int32] {
    let indices = try columns.values(.index)
    var rows = Array(repeating: Int32(-1), count: indices.count)
    // Indices are mostly 0 to n − 1: then each row has its place. Else, or when one repeats, they are sorted.
    for (row, index) in indices.enumerated() {
      guard indices.indices.contains(Int(index)), rows[Int(index)] < 0 else {
        return (0..<Int32(indices.count)).sorted { indices[Int($0)] < indices[Int($1)] }
      }
      rows[Int(index)] = Int32(row)
    }
    return rows
  }

  private func legacyLatencies() throws -> [Double] {
    var latencies = try columns.difference(.ended, .start)
    let finished = try columns.values(.finished)
    for row in latencies.indices where finished[row] == RequestColumn.absent { latencies[row] = .nan }
    return present(latencies)
  }

  /// `values` without those that do not exist.
  private func present(_ values: consuming [Double]) -> [Double] {
    values.removeAll(where: \.isNaN)
    return values
  }
}
