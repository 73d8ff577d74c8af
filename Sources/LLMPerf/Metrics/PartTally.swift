/// What is only added up of a run's requests, or of those of a slice.
struct PartTally {
  private(set) var counts = RequestCounts()
  private(set) var tokens = TokenTally()
  private(set) var gaps = GapTally()
  private var responses = 0
  private var kernelStamped = 0
  private var eventSum = CountSum()
  private var eventsOfSuccesses = CountSum()
  private var eventGaps = CountSum()
  private var eventGapTime: Int64 = 0
  private var promptLength = CountSum()
  private var inputs: CountSum?
  private var firstSent: Int64?
  private var lastEnded: Int64?
  /// Requests that were sent or tried to connect, the first and the last moment of those.
  private var sent = 0
  private var firstLeft: Int64?
  private var lastLeft: Int64?
  private var firstDue: Int64?
  private var lastDue: Int64?

  /// Adds a measured request.
  ///
  /// - Returns: the longest gap between the events of a streamed success, in nanoseconds.
  @discardableResult
  mutating func note(_ record: RequestRecord) -> Int64 {
    // A turn whose session had ended was never due.
    if case .skipped = record.ending {
      counts.skipped += 1
      return 0
    }
    let due = record.dueAt.nanoseconds
    firstDue = min(firstDue ?? due, due)
    lastDue = max(lastDue ?? due, due)
    switch record.ending {
    case .success:
      noteEnded(record)
      return noteSuccess(record)
    case .failure: noteEnded(record)
    case .abandoned:
      noteDeparture(of: record)
      counts.abandoned += 1
    case .cut:
      noteDeparture(of: record)
      counts.cut += 1
    case .neverSent: counts.neverSent += 1
    case .skipped: break
    }
    return 0
  }

  private mutating func noteEnded(_ record: RequestRecord) {
    counts.total += 1
    eventSum.add(record.eventCount)
    promptLength.add(record.promptLength)
    if record.retried { counts.retried += 1 }
    if record.status != nil {
      responses += 1
      if record.kernelStamped { kernelStamped += 1 }
    }
    noteDeparture(of: record)
    if record.sentAt != nil, let end = record.endedAt?.nanoseconds { lastEnded = max(lastEnded ?? end, end) }
  }

  /// Notes when a request left.
  private mutating func noteDeparture(of record: RequestRecord) {
    if let sent = record.sentAt?.nanoseconds { firstSent = min(firstSent ?? sent, sent) }
    // A request that got no connection was on its way all the same.
    guard let left = (record.sentAt ?? record.connectStartedAt)?.nanoseconds else { return }
    sent += 1
    firstLeft = min(firstLeft ?? left, left)
    lastLeft = max(lastLeft ?? left, left)
  }

  private mutating func noteSuccess(_ record: RequestRecord) -> Int64 {
    counts.succeeded += 1
    tokens.note(record)
    eventsOfSuccesses.add(record.eventCount)
    if let inputCount = record.inputCount {
      var sum = inputs ?? CountSum()
      sum.add(inputCount)
      inputs = sum
    }
    if record.eventCount > 1, let first = record.firstEventAt, let last = record.lastEventAt {
      eventGaps.add(record.eventCount - 1)
      eventGapTime.addClamped((last - first).wholeNanoseconds)
    }
    return record.isStreamed ? gaps.note(record) : 0
  }
}

// MARK: Numbers

extension PartTally {
  /// First `sentAt` to last `endedAt` in seconds, or to `lastCut` where that is later; nil when nothing was sent.
  func runTime(lastCut: Int64?) -> Double? {
    guard let firstSent, let end = [lastEnded, lastCut].compactMap(\.self).max(), end >= firstSent else { return nil }
    let time = Double(end - firstSent) / 1e9
    return time > 0 ? time : nil
  }

  /// The rates over `runTime`. `counts` are these ones and what no record tells of.
  func rates(
    over runTime: Double?, counts: RequestCounts, tokens: TokenNumbers, _ options: SummaryOptions
  ) -> RunRates {
    var rates = RunRates()
    if options.isOpenLoop {
      let due = self.counts.total + self.counts.cut + self.counts.abandoned + self.counts.neverSent
      rates.offered = rate(of: due, from: firstDue, to: lastDue)
    }
    // Where requests that were due waited for ever, sending stood still from the last one on.
    let stalled = counts.neverSent > 0 ? options.sendingEnded?.nanoseconds : nil
    rates.achieved = rate(of: sent, from: firstLeft, to: [lastLeft, stalled].compactMap(\.self).max())
    guard let runTime else { return rates }
    rates.requests = Double(counts.succeeded) / runTime
    rates.events = eventSum.approximate / runTime
    rates.inputs = inputs.map { $0.approximate / runTime }
    rates.outputTokens = tokens.totalOutput.map { Double($0) / runTime }
    let hasNoOutput = tokens.usageOutput == nil && tokens.countedOutput == nil
    if let input = tokens.totalInput, hasNoOutput || tokens.totalOutput != nil {
      rates.allTokens = (Double(input) + Double(tokens.totalOutput ?? 0)) / runTime
    }
    return rates
  }

  /// Arrivals per second: the first of `count` opens the span and the last one closes it.
  private func rate(of count: Int, from first: Int64?, to last: Int64?) -> Double? {
    guard let first, let last, last > first, count > 1 else { return nil }
    return Double(count - 1) / (Double(last - first) / 1e9)
  }

  /// The events of the answers.
  var events: EventNumbers {
    var events = EventNumbers()
    if counts.succeeded > 0 { events.meanPerRequest = eventsOfSuccesses.approximate / Double(counts.succeeded) }
    let gaps = eventGaps.approximate
    if gaps > 0 { events.meanGap = Double(eventGapTime) / 1e9 / gaps }
    return events
  }

  /// Mean length of the prompts in Unicode scalars; nil when no request ended.
  var meanPromptLength: Double? { counts.total == 0 ? nil : promptLength.approximate / Double(counts.total) }

  /// Share of responses stamped by the kernel; nil without any.
  var kernelStampedShare: Double? { responses == 0 ? nil : Double(kernelStamped) / Double(responses) }
}
