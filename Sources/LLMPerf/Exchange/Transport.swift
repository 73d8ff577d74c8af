/// Sends requests and brings exchanges back: event loops over a network, or a double in a test.
///
/// The order of calls is `prepare`, `start`, then perhaps `stopSending`, and `waitUntilDone`.
package protocol Transport: Sendable {
  /// Gets ready, up to opening connections where that was asked for. Nothing is sent yet.
  func prepare() throws
  /// Starts the run, at `clockOrigin` of the monotonic clock; sends what `requests` gives by `pattern` and hands each
  /// finished exchange to `finished`.
  func start(requests: [RequestQueue], finished: ExchangeQueue, clockOrigin: Int64)
  /// Sends nothing new. What is in flight goes on; after `cancelAfter`, where given, it ends as cancelled.
  func stopSending(cancelAfter: Duration?)
  /// Returns when the last exchange has ended.
  func waitUntilDone()
  /// How the loops are doing; callable at any time from any thread.
  var observations: [LoopObservation] { get }
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
  /// The longest time between two looks at the sockets, sleeping left out.
  package var longestStall: Duration = .zero
  /// Turns that took longer than a millisecond.
  package var stalls = 0
  /// Most sockets that were ready in one turn.
  package var peakReady = 0
  /// The last fatal error of the loop.
  package var error: String?

  package init() {}
}
