/// Gathers what the original's own arithmetic needs. It took requests in the order they ended in; so does this, whatever
/// order the records come in.
struct ClassicTally {
  private var firstEnd: (end: Int64, index: Int, start: Int64)?
  private var lastEnd: Int64?
  private var lastSuccess: (end: Int64, index: Int, isStream: Bool)?
  private var chunks = CountSum()
  private var chunkTime: Int64 = 0

  /// When the original would say that the request began: when it is picked up, before connecting.
  static func start(of record: RequestRecord) -> RunInstant {
    record.connectStartedAt ?? record.sentAt ?? record.dueAt
  }

  /// The original's time to first token: that of the first event, or the latency below two events.
  static func firstChunkLatency(of record: RequestRecord) -> Int64? {
    guard record.succeeded, let ended = record.endedAt else { return nil }
    let end = record.eventCount > 1 ? record.firstEventAt ?? ended : ended
    return (end - start(of: record)).wholeNanoseconds
  }

  mutating func note(_ record: RequestRecord) {
    guard let ended = record.endedAt?.nanoseconds else { return }
    let start = Self.start(of: record).nanoseconds
    if firstEnd.map({ (ended, record.index) < ($0.end, $0.index) }) ?? true { firstEnd = (ended, record.index, start) }
    lastEnd = max(lastEnd ?? ended, ended)
    guard record.succeeded else { return }
    let isStream = record.eventCount > 1
    if lastSuccess.map({ (ended, record.index) > ($0.end, $0.index) }) ?? true {
      lastSuccess = (ended, record.index, isStream)
    }
    if isStream {
      // Of two events the last but one is the first.
      guard let first = record.firstEventAt, let beforeLast = record.eventBeforeLastAt else { return }
      chunks.add(record.eventCount - 2)
      chunkTime.addClamped((beforeLast - first).wholeNanoseconds)
    } else {
      chunks.add(1)
      chunkTime.addClamped(ended.subtractingClamped(start))
    }
  }

  /// The numbers, with both columns in seconds for the successes, and their output tokens.
  func numbers(
    latencies: consuming [Double], firstChunkLatencies: consuming [Double], outputTokens: Int?
  ) -> ClassicNumbers {
    var numbers = ClassicNumbers()
    guard let firstEnd, let lastEnd else { return numbers }
    let time = Double(lastEnd - firstEnd.start) / 1e9
    // Added up in ascending order, so that the order of the records does not show in the last digit.
    latencies.sort()
    firstChunkLatencies.sort()
    let successes = Double(latencies.count)
    numbers.timeTaken = time
    guard !latencies.isEmpty, time > 0 else { return numbers }
    numbers.queriesPerSecond = successes / time
    numbers.averageLatency = latencies.reduce(0, +) / successes
    numbers.averageFirstChunkLatency = firstChunkLatencies.reduce(0, +) / successes
    if let outputTokens, outputTokens > 0 {
      numbers.outputTokenThroughput = Double(outputTokens) / time
      numbers.timePerOutputToken = time / Double(outputTokens)
    }
    let chunks = chunks.approximate
    numbers.packagesPerRequest = chunks / successes + (lastSuccess?.isStream == true ? 2 : 0)
    if chunks > 0 { numbers.averagePackageLatency = Double(chunkTime) / 1e9 / chunks }
    numbers.firstChunkPercentiles = ClassicDefinition.percentiles(of: firstChunkLatencies)
    numbers.latencyPercentiles = ClassicDefinition.percentiles(of: latencies)
    return numbers
  }
}
