/// Sends requests and brings exchanges back: event loops over a network, or a double in a test.
///
/// The order of calls is `prepare`, `start`, then perhaps `stopSending`, and `waitUntilDone`.
package protocol Transport: Sendable {
  /// Gets ready, up to opening connections where that was asked for. Nothing is sent yet.
  func prepare() throws
  /// Starts the run, at `clockOrigin` of the monotonic clock; sends what `requests` gives by `pattern` and hands each
  /// finished exchange to `finished`. When a part of the transport can no longer go on, it ends what that part has in
  /// flight as failed, and calls `failed` from any thread with the reason.
  func start(
    requests: [RequestQueue], finished: ExchangeQueue, clockOrigin: Int64,
    failed: @escaping @Sendable (any Error) -> Void)
  /// Sends nothing new. What is in flight goes on for `cancelAfter` and then ends as cancelled. A later call may shorten
  /// that and never lengthens it.
  func stopSending(cancelAfter: Duration)
  /// Returns when the last exchange has ended.
  func waitUntilDone()
  /// How the loops are doing; callable at any time from any thread.
  var observations: [LoopObservation] { get }
}

extension Transport {
  /// Requests in flight now.
  package var inFlight: Int { observations.reduce(0) { $0 + $1.inFlight } }
}

/// What one event loop saw of itself.
package struct LoopObservation: Sendable {
  /// Requests in flight now, and the most there were.
  package var inFlight = 0
  package var peakInFlight = 0
  /// Requests sent so far.
  package var sent = 0
  /// CPU time of the loop's thread so far.
  package var cpuTime: Duration = .zero
  /// The times between two looks at the sockets, sleeping left out.
  package var turnTimes = TurnTimes()
  /// Most bytes that one read found in a socket.
  package var peakRead = 0
  /// Most sockets that were ready in one turn.
  package var peakReady = 0

  package init() {}
}

/// How long the turns of a loop took: counts in classes that each reach √2 times as far as the one before.
package struct TurnTimes: Sendable {
  private var counts = [Int](repeating: 0, count: 64)
  /// The longest turn.
  package private(set) var longest: Duration = .zero

  package init() {}

  /// Counts one turn.
  package mutating func note(_ time: Duration) {
    longest = max(longest, time)
    let nanoseconds = max(1, time.wholeNanoseconds)
    let magnitude = 63 - nanoseconds.leadingZeroBitCount
    let isUpperHalf = magnitude > 0 && nanoseconds >= (1 << magnitude) + (1 << magnitude) * 2 / 5
    counts[min(63, 2 * max(0, magnitude - 8) + (isUpperHalf ? 1 : 0))] += 1
  }

  /// About the longest turn since `earlier`, at most √2 times too long; nil when there was none.
  package func longest(since earlier: TurnTimes) -> Duration? {
    if longest > earlier.longest { return longest }
    guard let place = counts.indices.last(where: { counts[$0] > earlier.counts[$0] }) else { return nil }
    return min(longest, Self.upperEnd(ofClass: place))
  }

  /// The upper end of the class that the percentile falls into; nil before the first turn.
  package func percentile(_ p: Double) -> Duration? {
    let total = counts.reduce(0, +)
    guard total > 0 else { return nil }
    var rest = Int((p / 100 * Double(total)).rounded(.up))
    for (place, count) in counts.enumerated() {
      rest -= count
      // The last class has no upper end.
      if rest <= 0, place < counts.count - 1 {
        return min(longest, Self.upperEnd(ofClass: place))
      }
    }
    return longest
  }

  private static func upperEnd(ofClass place: Int) -> Duration {
    let lower = Int64(256) << (place / 2)
    return .nanoseconds(place % 2 == 0 ? lower * 7 / 5 : lower * 2)
  }
}
