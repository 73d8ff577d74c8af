/// Turns records into a run's numbers, as they come. Memory stays flat however many there are.
///
/// Belongs to one thread. Neither the order of the records nor how they are divided into calls matters, and nothing is
/// used that a database does not keep of a record, so that a saved run gives the same numbers again.
public final class SummaryBuilder {
  let objectives: [ServiceLevelObjective]
  var columns: RequestColumns
  var activity = ActivitySeries()
  var tokens = TokenTally()
  var legacy = LegacyTally()
  var failures = FailureTally()
  var prompts = PromptMemory()
  var counts = Counts()
  /// Requests that were left before their end. Those that the end of the run cut are never more than were in flight at once.
  var cuts: [CutRequest] = []
  /// Gaps of requests without token counts event by event, and of those with them.
  var plainGaps = LogLinearHistogram()
  var countedGaps = LogLinearHistogram()
  /// Gaps of the latter divided by the tokens of their later event, once for each token.
  var tokenGaps = LogLinearHistogram()

  /// What is only added up.
  struct Counts {
    var ended = 0
    var succeeded = 0
    var neverSent = 0
    var cut = 0
    var abandoned = 0
    var skipped = 0
    var warmup = 0
    var retried = 0
    var responses = 0
    var kernelStamped = 0
    var events = CountSum()
    var eventsOfSuccesses = CountSum()
    var eventGaps = CountSum()
    var eventGapTime: Int64 = 0
    /// Gaps that are zero since the client read late; see `GapsOfReads`.
    var gapsOfReads = CountSum()
    var promptLength = CountSum()
    var inputs: CountSum?
    /// Answers with each remark, in the order of `ReadingRemarks.named`.
    var remarks = Array(repeating: 0, count: ReadingRemarks.named.count)
    var firstSent: Int64?
    /// Requests that were sent or tried to connect, the first and the last moment of those.
    var sent = 0
    var firstLeft: Int64?
    var lastLeft: Int64?
    var firstDue: Int64?
    var lastDue: Int64?
    var lastEnded: Int64?
  }

  /// A builder that judges requests by `objectives`. Beyond 131,072 requests their values go to an unnamed temporary
  /// file in `spillDirectory`, which should lie on a disk: some systems keep `/tmp` in memory.
  public init(objectives: [ServiceLevelObjective] = [], spillDirectory: String = "/var/tmp") {
    self.objectives = objectives
    columns = RequestColumns(spillDirectory: spillDirectory)
  }

  /// Adds `records`.
  public func receive(_ records: [RequestRecord]) {
    for record in records { receive(record) }
  }

  private func receive(_ record: RequestRecord) {
    if record.phase == .warmup {
      counts.warmup += 1
      return
    }
    // A turn whose session had ended was never due.
    if case .skipped = record.ending {
      counts.skipped += 1
      return
    }
    counts.noteSchedule(of: record)
    switch record.ending {
    case .success, .failure: noteEnded(record)
    case .abandoned:
      counts.abandoned += 1
      noteCut(record)
    case .cut:
      counts.cut += 1
      noteCut(record)
    case .neverSent: counts.neverSent += 1
    case .skipped: break
    }
  }

  private func noteEnded(_ record: RequestRecord) {
    counts.note(record)
    prompts.note(record.promptHash, prefix: record.promptPrefixHash)
    legacy.note(record)
    if let sent = record.sentAt {
      activity.noteSent(at: sent)
      activity.noteEnded(at: record.endedAt ?? sent, failed: !record.succeeded)
    }
    var row = RequestRow(transportOf: record)
    if case .failure(let failure) = record.ending {
      failures.note(failure, of: record.index)
    } else {
      noteSuccess(record, &row)
    }
    columns.append(row)
  }

  /// Notes a request that was under way and left before its end.
  private func noteCut(_ record: RequestRecord) {
    counts.noteDeparture(of: record)
    prompts.note(record.promptHash, prefix: record.promptPrefixHash)
    if let cut = CutRequest(record) { cuts.append(cut) }
    guard let sent = record.sentAt else { return }
    activity.noteSent(at: sent)
    activity.noteCut(at: record.endedAt ?? sent)
  }

  private func noteSuccess(_ record: RequestRecord, _ row: inout RequestRow) {
    tokens.note(record)
    row.fillSuccess(of: record)
    if record.isStreamed {
      let longest = addGaps(of: record)
      if record.tokenEventTimes.count > 1 { row[.longestGap] = longest }
    }
    if let finished = record.finishedAt { activity.noteOutput(of: record, end: finished) }
  }

  /// Adds the gaps between the record's events to the pooled ones.
  ///
  /// - Returns: the longest one in nanoseconds.
  private func addGaps(of record: RequestRecord) -> Int64 {
    let times = record.tokenEventTimes
    let zeros = plainGaps.zeroCount + countedGaps.zeroCount
    defer {
      let added = plainGaps.zeroCount + countedGaps.zeroCount - zeros
      counts.gapsOfReads.add(GapsOfReads.count(zeros: added, of: record))
    }
    guard record.tokensPerEvent.count == times.count else { return plainGaps.addGaps(of: times) }
    var waiting: Int64 = 0
    for position in times.indices.dropFirst() {
      waiting += (times[position].nanoseconds - times[position - 1].nanoseconds)
      let tokens = record.tokensPerEvent[position]
      // An event that brought no whole token leaves its gap to the next one.
      guard tokens > 0 else { continue }
      tokenGaps.add(waiting / Int64(tokens), weight: tokens)
      waiting = 0
    }
    return countedGaps.addGaps(of: times)
  }
}

extension SummaryBuilder.Counts {
  /// First `sentAt` to last `endedAt` in seconds, or to `lastCut` where that is later; nil when nothing was sent.
  func runTime(lastCut: Int64? = nil) -> Double? {
    guard let firstSent, let end = [lastEnded, lastCut].compactMap(\.self).max(), end >= firstSent else { return nil }
    return Double(end - firstSent) / 1e9
  }

  mutating func noteSchedule(of record: RequestRecord) {
    let due = record.dueAt.nanoseconds
    firstDue = min(firstDue ?? due, due)
    lastDue = max(lastDue ?? due, due)
  }

  mutating func note(_ record: RequestRecord) {
    ended += 1
    events.add(record.eventCount)
    promptLength.add(record.promptLength)
    if !record.remarks.isEmpty {
      for (place, named) in ReadingRemarks.named.enumerated() where record.remarks.contains(named.remark) {
        remarks[place] += 1
      }
    }
    if record.retried { retried += 1 }
    if record.status != nil {
      responses += 1
      if record.kernelStamped { kernelStamped += 1 }
    }
    noteDeparture(of: record)
    if record.sentAt != nil, let end = record.endedAt?.nanoseconds { lastEnded = max(lastEnded ?? end, end) }
    guard record.succeeded else { return }
    succeeded += 1
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
  }
}

extension SummaryBuilder.Counts {
  /// Notes when a request left.
  mutating func noteDeparture(of record: RequestRecord) {
    if let sent = record.sentAt?.nanoseconds { firstSent = min(firstSent ?? sent, sent) }
    // A request that got no connection was on its way all the same.
    guard let left = (record.sentAt ?? record.connectStartedAt)?.nanoseconds else { return }
    sent += 1
    firstLeft = min(firstLeft ?? left, left)
    lastLeft = max(lastLeft ?? left, left)
  }
}

extension RequestRow {
  /// The row of a request, whether it succeeded or not.
  init(transportOf record: RequestRecord) {
    self.init()
    self[.index] = Int64(record.index)
    self[.due] = record.dueAt.nanoseconds
    self[.start] = (record.connectStartedAt ?? record.sentAt)?.nanoseconds
    self[.sent] = record.sentAt?.nanoseconds
    self[.ended] = record.endedAt?.nanoseconds
    self[.connectTime] = record.connectTime?.wholeNanoseconds
  }

  /// Fills in what only a success has.
  mutating func fillSuccess(of record: RequestRecord) {
    self[.finished] = record.finishedAt?.nanoseconds
    self[.usageInput] = record.usage.input.map(Int64.init)
    self[.usageOutput] = record.usage.output.map(Int64.init)
    self[.countedInput] = record.counted.input.map(Int64.init)
    self[.countedOutput] = record.counted.output.map(Int64.init)
    self[.legacyFirstChunk] = LegacyTally.firstChunkLatency(of: record)
    self[.readDelay] = record.kernelStamped ? record.longestReadDelay.wholeNanoseconds : nil
    guard record.isStreamed else { return }
    self[.firstToken] = record.firstTokenAt?.nanoseconds
    self[.firstVisible] = record.firstVisibleAt?.nanoseconds
    self[.firstSlack] = record.firstSlack?.wholeNanoseconds
    guard record.tokenEventTimes.count > 1, let first = record.firstTokenAt, let last = record.lastTokenAt else {
      return
    }
    self[.tokenSpan] = last.nanoseconds - first.nanoseconds
    self[.tokenEvents] = Int64(record.tokenEventTimes.count)
    self[.firstEventTokens] = Int64(max(1, record.tokensPerEvent.first ?? 1))
  }
}
