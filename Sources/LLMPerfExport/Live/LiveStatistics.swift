package import LLMPerf

/// What is known of a run while it goes on: counts, sums and percentiles so far, in memory that does not grow with the
/// number of requests. Warm-up requests are counted and left out of everything else.
package struct LiveStatistics: Sendable {
  /// Requests that ended.
  package private(set) var succeeded = 0
  package private(set) var failed = 0
  package private(set) var warmups = 0
  /// Sums over successes, by the service's count or else by ours.
  package var inputTokens: Int { inputSum.total ?? .max }
  package var outputTokens: Int { outputSum.total ?? .max }
  private var inputSum = CountSum()
  private var outputSum = CountSum()

  /// Durations over successes, in seconds; lags and read delay over every request.
  package private(set) var timeToFirstToken = LogHistogram()
  package private(set) var latency = LogHistogram()
  package private(set) var timePerOutputToken = LogHistogram()
  package private(set) var scheduleLag = LogHistogram()
  /// The schedule lag without the time to connect, which is the service's.
  package private(set) var startLag = LogHistogram()
  package private(set) var readDelay = LogHistogram()

  /// Failures by class, with the message of the last one.
  package private(set) var failures: [(code: RequestFailure.Code, count: Int, sample: String)] = []
  /// What happened second by second.
  package private(set) var timeline: Timeline
  /// The run's clock at the last `advance`, in seconds.
  package private(set) var elapsed = 0.0
  /// First `sentAt` and last `endedAt`, in seconds of the run.
  private var firstSent: Double?
  private var lastEnded: Double?

  package init(timelineCapacity: Int = 600) {
    timeline = Timeline(capacity: timelineCapacity)
  }

  /// Takes a request that has ended.
  package mutating func add(_ record: RequestRecord) {
    guard record.phase == .measured else {
      warmups += 1
      return
    }
    guard record.ending.isOwn else { return }
    if let sent = record.sentAt?.seconds { firstSent = min(firstSent ?? sent, sent) }
    if let ended = record.endedAt?.seconds { lastEnded = max(lastEnded ?? ended, ended) }
    if let lag = record.scheduleLag { scheduleLag.add(lag.inSeconds) }
    if let start = record.connectStartedAt ?? record.sentAt { startLag.add((start - record.dueAt).inSeconds) }
    if record.kernelStamped { readDelay.add(record.longestReadDelay.inSeconds) }
    let tokens = record.usage.output ?? record.counted.output ?? 0
    let ttft = record.succeeded ? record.timeToFirstToken?.inSeconds : nil
    timeline.add(succeeded: record.succeeded, outputTokens: record.succeeded ? tokens : 0, timeToFirstToken: ttft)
    if case .failure(let failure) = record.ending { return count(failure) }
    succeeded += 1
    inputSum.add(record.usage.input ?? record.counted.input ?? 0)
    outputSum.add(tokens)
    if let ttft { timeToFirstToken.add(ttft) }
    if let value = record.latency { latency.add(value.inSeconds) }
    if let value = record.timePerOutputToken(by: record.usage.output != nil ? .usage : .tokenizer) {
      timePerOutputToken.add(value)
    }
  }

  /// Moves the run's clock on.
  package mutating func advance(to now: RunInstant, inFlight: Int) {
    elapsed = max(elapsed, now.seconds)
    timeline.advance(to: elapsed, inFlight: inFlight)
  }

  /// Requests that ended.
  package var completed: Int { succeeded + failed }

  /// First `sentAt` to last `endedAt`; nil before the first end.
  package var runTime: Double? {
    guard let firstSent, let lastEnded, lastEnded > firstSent else { return nil }
    return lastEnded - firstSent
  }

  /// Successes ÷ run time so far.
  package var requestRate: Double? { runTime.map { Double(succeeded) / $0 } }

  /// Σ output tokens ÷ run time so far; nil when no response told its tokens.
  package var outputTokenRate: Double? { outputTokens == 0 ? nil : runTime.map { Double(outputTokens) / $0 } }

  /// Requests that ended per second over the last seconds, at least five where there are so many.
  package var recentRate: Double? {
    let span = timeline.points.suffix(max(1, Int((5 / timeline.width).rounded(.up))))
    guard !span.isEmpty else { return runTime.map { Double(completed) / $0 } }
    return Double(span.reduce(0) { $0 + $1.succeeded + $1.failed }) / (Double(span.count) * timeline.width)
  }

  /// Seconds until `expected` requests have ended, at the rate so far; nil when that cannot be told.
  package func timeLeft(expected: Int?) -> Double? {
    guard let expected, completed > 0, elapsed > 0 else { return nil }
    return Double(max(0, expected - completed)) * elapsed / Double(completed)
  }

  private mutating func count(_ failure: RequestFailure) {
    failed += 1
    if let place = failures.firstIndex(where: { $0.code == failure.code }) {
      failures[place].count += 1
      failures[place].sample = failure.message
    } else {
      failures.append((failure.code, 1, failure.message))
    }
  }
}
