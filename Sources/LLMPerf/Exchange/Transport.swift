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
  /// Stamps of the kernel that could not be, so that the time of the read was used.
  package var disbelievedStamps = 0
  /// How often the wall clock, by which the kernel stamps, was set, and the farthest it jumped.
  package var clockSteps = 0
  package var largestClockStep: Duration = .zero
  /// Whether the kernel tells how long the loop's thread waits for a processor.
  package var knowsRunDelay = true

  package init() {}
}
