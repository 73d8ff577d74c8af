internal import CLLMPerfWire
import LLMPerf

/// One epoll instance, and a descriptor by which other threads wake it. Everything but `wake()` belongs to one thread.
package struct Poller: ~Copyable {
  /// What a descriptor is ready for.
  package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readable = Readiness(rawValue: UInt32(LW_READABLE))
    package static let writable = Readiness(rawValue: UInt32(LW_WRITABLE))
    package static let error = Readiness(rawValue: UInt32(LW_ERROR))
    package static let hangUp = Readiness(rawValue: UInt32(LW_HANGUP))
  }

  /// Wakes the poller from any thread.
  package let waker: Waker

  private let epoll: Int32
  // Not an array: while a turn's events are handed out, descriptors are added and removed.
  private let events: UnsafeMutableBufferPointer<lw_event>
  private static let wakeToken = UInt64.max

  /// A poller that reports at most `capacity` descriptors a turn.
  ///
  /// - Throws: `SystemError` when the kernel refuses.
  package init(capacity: Int = 512) throws {
    epoll = lw_epoll_create()
    waker = Waker()
    events = .allocate(capacity: min(capacity, 512))
    events.initialize(repeating: lw_event())
    // A failed epoll_create1 leaves -1, which this call refuses.
    try add(waker.descriptor, for: .readable, token: Self.wakeToken)
  }

  deinit {
    lw_close(epoll)
    events.deallocate()
  }

  /// Readable when a descriptor that is watched here is ready, so that one poller can watch another.
  package var descriptor: Int32 { epoll }

  /// Watches `descriptor`; `token` comes back with its events. `UInt64.max` is taken.
  package func add(_ descriptor: Int32, for readiness: Readiness, token: UInt64) throws {
    try check(lw_epoll_add(epoll, descriptor, readiness.rawValue, token))
  }

  /// Watches `descriptor` for something else.
  package func change(_ descriptor: Int32, to readiness: Readiness, token: UInt64) throws {
    try check(lw_epoll_change(epoll, descriptor, readiness.rawValue, token))
  }

  /// Stops watching `descriptor`. Closing it does the same.
  package func remove(_ descriptor: Int32) {
    _ = lw_epoll_remove(epoll, descriptor)
  }

  /// The most descriptors that one look shows.
  package var capacity: Int { events.count }

  /// Waits for events and hands each to `body`; nil waits for ever. Returns the number of events, wake-ups left out.
  @discardableResult
  package func wait(
    nanoseconds timeout: Int64?, _ body: (_ token: UInt64, _ readiness: Readiness) -> Void
  ) throws -> Int {
    let count = try look(nanoseconds: timeout)
    var handled = 0
    for position in 0..<count where handOut(position, body) { handled += 1 }
    return handled
  }

  /// Waits for events; nil waits for ever. Returns their number, wake-ups counted; `handOut` gives them until the next look.
  package func look(nanoseconds timeout: Int64?) throws -> Int {
    let count = lw_epoll_wait(epoll, events.baseAddress, Int32(events.count), timeout.map { max(0, $0) } ?? -1)
    guard count >= 0 else { throw SystemError(-count, "epoll_wait") }
    return Int(count)
  }

  /// The token of an event of the last look.
  func token(_ position: Int) -> UInt64 { events[position].token }

  /// Hands an event of the last look to `body`; false where it was a wake-up, which is taken.
  func handOut(_ position: Int, _ body: (_ token: UInt64, _ readiness: Readiness) -> Void) -> Bool {
    let event = events[position]
    guard event.token != Self.wakeToken else {
      waker.clear()
      return false
    }
    body(event.token, Readiness(rawValue: event.events))
    return true
  }

  private func check(_ result: Int32) throws {
    if result < 0 { throw SystemError(-result, "epoll_ctl") }
  }
}

/// An eventfd: wakes the one who waits for it, from any thread. Signals add up to one.
package final class Waker: Sendable {
  package let descriptor: Int32

  package init() {
    descriptor = lw_eventfd()
  }

  deinit {
    lw_close(descriptor)
  }

  /// Wakes the waiter, now or as soon as it waits.
  package func signal() {
    lw_eventfd_signal(descriptor)
  }

  /// Waits for a signal, at most `nanoseconds` (nil: for ever), and takes it. False when none came.
  @discardableResult
  package func wait(nanoseconds: Int64? = nil) -> Bool {
    let isReady = lw_wait(descriptor, false, nanoseconds ?? -1) == 1
    if isReady { clear() }
    return isReady
  }

  func clear() {
    lw_eventfd_clear(descriptor)
  }
}
