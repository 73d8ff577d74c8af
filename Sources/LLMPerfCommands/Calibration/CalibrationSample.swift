import LLMPerf

/// What a calibration saw: records of the load, with the number of each response.
struct CalibrationSample {
  /// What the client measured of one answer, in seconds.
  struct Answer: Hashable {
    var number: Int
    var timeToFirstToken: Double
    /// From the first token to the last.
    var span: Double
    /// Events with output.
    var events: Int
  }

  var answers: [Answer] = []
  var requests = 0
  var events = 0
  private var firstSent: RunInstant?
  private var lastEnded = RunInstant.start

  /// Adds a record; failures count for nothing.
  mutating func add(_ record: RequestRecord) {
    guard record.succeeded, let sentAt = record.sentAt, let endedAt = record.endedAt else { return }
    requests += 1
    if record.isStreamed { events += record.eventCount }
    firstSent = min(firstSent ?? sentAt, sentAt)
    lastEnded = max(lastEnded, endedAt)
    guard let ttft = record.timeToFirstToken, let first = record.firstTokenAt, let last = record.lastTokenAt,
      let number = record.bodies.flatMap({ TruthTable.number(inResponse: $0.response) })
    else { return }
    answers.append(
      Answer(
        number: number, timeToFirstToken: ttft.inSeconds, span: (last - first).inSeconds,
        events: record.tokenEventTimes.count))
  }

  /// Seconds from the first request to the end of the last answer; nil before there is one.
  var time: Double? {
    guard let firstSent, lastEnded > firstSent else { return nil }
    return (lastEnded - firstSent).inSeconds
  }

  /// The ceiling that a sample without pauses shows.
  func addCeiling(to calibration: inout Calibration) {
    guard let time else { return }
    if events > 0 { calibration.eventCeiling = Double(events) / time }
    calibration.requestCeiling = Double(requests) / time
  }

  /// What the client added to each answer, by the server's own stamps. Of the gaps it is what was added in either
  /// direction, since a late stamp lengthens one gap and shortens the next.
  func addDelays(against truth: TruthTable, to calibration: inout Calibration) {
    var first: [Double] = []
    var gaps: [Double] = []
    for answer in answers {
      guard let row = truth.rows[answer.number] else { continue }
      first.append(max(0, answer.timeToFirstToken - row.timeToFirstToken))
      if answer.events > 1 { gaps.append(abs(answer.span - row.span) / Double(answer.events - 1)) }
    }
    let added = Distribution(first)
    let addedToGaps = Distribution(gaps)
    calibration.addedCount = first.isEmpty ? nil : first.count
    calibration.addedTimeToFirstTokenP50 = added.percentile(50)
    calibration.addedTimeToFirstTokenP99 = added.percentile(99)
    calibration.addedGapP50 = addedToGaps.percentile(50)
    calibration.addedGapP99 = addedToGaps.percentile(99)
  }
}
