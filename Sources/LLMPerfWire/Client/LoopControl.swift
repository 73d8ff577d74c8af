internal import CLLMPerfWire
import LLMPerf
import LLMPerfLock
import Synchronization

/// What other threads tell an event loop, and what it tells them.
final class LoopControl: Sendable {
  private let stopped = Atomic(false)
  /// When what is in flight ends as cancelled, on the monotonic clock.
  private let cancelAt = Atomic(Int64.max)
  private let observation = Lock(LoopObservation())
  private let waker: Lock<Waker?> = Lock(nil)

  /// Whether nothing new may be sent.
  var isStopped: Bool { stopped.load(ordering: .relaxed) }

  /// When what is in flight is to end, on the monotonic clock; nil while nobody said so.
  var cancelInstant: Int64? {
    let instant = cancelAt.load(ordering: .relaxed)
    return instant == .max ? nil : instant
  }

  /// Whether what is in flight is to end now.
  var isCancelled: Bool { cancelInstant.map { lw_monotonic() >= $0 } ?? false }

  func stopSending(cancelAfter: Duration) {
    cancel(at: lw_monotonic() + cancelAfter.wholeNanoseconds)
    stopped.store(true, ordering: .relaxed)
    wake()
  }

  /// Lets what is in flight at `instant` of the monotonic clock end as cancelled, unless it is to end before.
  func cancel(at instant: Int64) {
    cancelAt.min(instant, ordering: .relaxed)
  }

  /// Lets `waker` wake the loop when it is told something.
  func attach(_ waker: Waker) {
    self.waker.withLock { $0 = waker }
  }

  func publish(_ observation: LoopObservation) {
    self.observation.withLock { $0 = observation }
  }

  var published: LoopObservation { observation.withLock { $0 } }

  private func wake() {
    waker.withLock { $0?.signal() }
  }
}
