import LLMPerfLock

/// What the loops of the run that goes on, or that went on last, see of themselves. It is there before the run, so that
/// sinks can be made that show it. Callable from any thread.
package final class LoopGauge: Sendable {
  private let transport = Lock<(any Transport)?>(nil)

  package init() {}

  /// What each loop saw so far; nothing before the first run.
  package var observations: [LoopObservation] { transport.withLock(\.self)?.observations ?? [] }

  /// Requests in flight now.
  package var inFlight: Int { transport.withLock(\.self)?.inFlight ?? 0 }

  /// Shows the loops of `transport` from now on.
  func show(_ transport: any Transport) {
    self.transport.withLock { $0 = transport }
  }
}
