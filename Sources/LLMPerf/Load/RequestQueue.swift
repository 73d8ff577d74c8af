package import Dispatch
import LLMPerfLock

/// Requests on their way from the producer to an event loop: made ahead of time, and never more than fit in memory.
package final class RequestQueue: Sendable {
  /// What a loop gets when it asks for a request.
  package enum Offer {
    /// Send this one. It was due at `dueAt`; in a closed loop the taker decides that.
    case send(ScheduledRequest, dueAt: RunInstant?)
    /// The next one is not due yet.
    case notBefore(RunInstant)
    /// The producer has not got it yet; the loop is woken when it has.
    case wait
    /// There is none left.
    case finished
  }

  /// How long a request that holds something that expires may wait, and what it is built from anew.
  struct Freshness {
    var turn: Turn
    /// On the monotonic clock, in nanoseconds.
    var until: Int64
  }

  private struct Entry {
    var request: ScheduledRequest
    var dueAt: RunInstant?
    var freshness: Freshness?
  }

  private struct State {
    var entries: [Entry?] = []
    var head = 0
    var bytes = 0
    var isClosed = false
    var isCancelled = false
    var producerWaits = false
    /// Whether a loop waits until requests that have grown stale are built anew.
    var awaitsRenewal = false
    /// The later turns of each loop's sessions, by the loop's number.
    var later: [Int: LaterTurns] = [:]
    /// Loops that found the queue empty and want to be woken, by their number.
    var hungry: [Int: @Sendable () -> Void] = [:]

    var count: Int { entries.count - head }
  }

  private let state = Lock(State())
  /// Signalled when the producer is wanted: several queues may share one.
  private let room: DispatchSemaphore
  private let clock: @Sendable () -> Int64
  private let capacity: Int
  private let byteCapacity: Int

  /// A queue of at most `capacity` requests and about `byteCapacity` bytes; one request always fits. `clock` is the
  /// monotonic one, and asked only for requests that can grow stale.
  package init(
    capacity: Int = 4096, byteCapacity: Int = 8 << 20, room: DispatchSemaphore = DispatchSemaphore(value: 0),
    clock: @escaping @Sendable () -> Int64 = { 0 }
  ) {
    self.capacity = capacity
    self.byteCapacity = byteCapacity
    self.room = room
    self.clock = clock
  }

  /// Whether `push` would wait now.
  package func isFull(for request: ScheduledRequest) -> Bool {
    state.withLock { isFull($0, for: request) }
  }

  private func isFull(_ state: borrowing State, for request: ScheduledRequest) -> Bool {
    state.count > 0 && (state.count >= capacity || state.bytes + request.wire.count > byteCapacity)
  }

  /// Adds a request; waits while the queue is full. False when the run no longer wants requests.
  package func push(_ request: ScheduledRequest, dueAt: RunInstant?) -> Bool {
    push(request, dueAt: dueAt, freshness: nil) {}
  }

  /// Adds a request that may grow stale; waits while the queue is full, and does `work` whenever it is woken meanwhile.
  /// False when the run no longer wants requests.
  func push<Failure: Error>(
    _ request: ScheduledRequest, dueAt: RunInstant?, freshness: Freshness?,
    whileWaiting work: () throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    while true {
      let (isDone, wake) = state.withLock { state -> (Bool?, [Int: @Sendable () -> Void]) in
        if state.isCancelled { return (false, [:]) }
        if isFull(state, for: request) {
          state.producerWaits = true
          return (nil, [:])
        }
        state.entries.append(Entry(request: request, dueAt: dueAt, freshness: freshness))
        state.bytes += request.wire.count
        defer { state.hungry = [:] }
        return (true, state.hungry)
      }
      for wake in wake.values { wake() }
      if let isDone { return isDone }
      room.wait()
      try work()
    }
  }

  /// Whether requests wait here that a loop may still take.
  var isInUse: Bool {
    state.withLock { !$0.isCancelled && $0.count > 0 }
  }

  /// The first requests that have grown stale, `count` of them at most, where a loop waits for one.
  func stale(atMost count: Int) -> [(index: Int, turn: Turn)] {
    let now = clock()
    return state.withLock { state in
      guard state.awaitsRenewal else { return [] }
      let stale = state.entries[state.head...].lazy.compactMap { entry -> (index: Int, turn: Turn)? in
        guard let entry, let freshness = entry.freshness, freshness.until <= now else { return nil }
        return (entry.request.index, freshness.turn)
      }
      return Array(stale.prefix(count))
    }
  }

  /// Puts what was built anew in place of what had grown stale, and wakes those who wait for it.
  func renew(_ requests: [(index: Int, wire: [UInt8], bodyStart: Int)], until: Int64) {
    let wakes = state.withLock { state in
      var renewed = requests[...]
      for place in state.entries.indices[state.head...] {
        guard let first = renewed.first else { break }
        guard state.entries[place]?.request.index == first.index else { continue }
        state.bytes += first.wire.count - (state.entries[place]?.request.wire.count ?? 0)
        state.entries[place]?.request.wire = first.wire
        state.entries[place]?.request.bodyStart = first.bodyStart
        state.entries[place]?.freshness?.until = until
        renewed.removeFirst()
      }
      state.awaitsRenewal = false
      defer { state.hungry = [:] }
      return state.hungry
    }
    for wake in wakes.values { wake() }
  }

  /// No further request will come.
  package func close() {
    wakeAll { $0.isClosed = true }
  }

  /// The later turns of the sessions that `loop` begins with what it takes here.
  package func laterTurns(of loop: Int) -> LaterTurns {
    state.withLock { state in
      if let turns = state.later[loop] { return turns }
      let turns = LaterTurns()
      state.later[loop] = turns
      return turns
    }
  }

  /// Lets go of what is queued, of later turns, and of the producer. Returns how many of the dropped requests were due by
  /// `now`.
  @discardableResult
  package func cancel(at now: RunInstant) -> Int {
    let later = state.withLock { Array($0.later.values) }.reduce(0) { $0 + $1.cancel(at: now) }
    // Counted where they are dropped: what the producer adds or a loop takes meanwhile would be counted never, or twice.
    return later
      + wakeAll { state in
        let overdue = state.entries[state.head...].count { ($0?.dueAt).map { $0 <= now } ?? false }
        state.isCancelled = true
        state.isClosed = true
        state.entries = []
        state.head = 0
        state.bytes = 0
        return overdue
      }
  }

  /// The next request if it is due by `now`. When there is none yet, `wake` is called once as soon as there may be;
  /// `loop` tells the callers apart.
  package func take(at now: RunInstant, loop: Int, wake: @escaping @Sendable () -> Void) -> Offer {
    let (offer, hasRoom) = state.withLock { state -> (Offer, Bool) in
      guard state.count > 0, let entry = state.entries[state.head] else {
        if state.isClosed { return (.finished, false) }
        state.hungry[loop] = wake
        return (.wait, false)
      }
      if let dueAt = entry.dueAt, dueAt > now { return (.notBefore(dueAt), false) }
      if let freshness = entry.freshness, freshness.until <= clock() {
        let isNews = !state.awaitsRenewal
        state.awaitsRenewal = true
        state.hungry[loop] = wake
        return (.wait, isNews)
      }
      state.entries[state.head] = nil
      state.head += 1
      state.bytes -= entry.request.wire.count
      if state.head == state.entries.count || state.head > 2 * capacity {
        state.entries.removeFirst(state.head)
        state.head = 0
      }
      // The producer is woken when a good part is free, so that it works in runs and not one by one.
      let hasRoom = state.producerWaits && 2 * state.count <= capacity && 2 * state.bytes <= byteCapacity
      if hasRoom { state.producerWaits = false }
      // Of requests that grow stale the producer sees the last one off.
      let isLast = entry.freshness != nil && state.isClosed && state.count == 0
      return (.send(entry.request, dueAt: entry.dueAt), hasRoom || isLast)
    }
    if hasRoom { room.signal() }
    return offer
  }

  private func wakeAll<Result: Sendable>(_ change: (inout State) -> Result) -> Result {
    let (result, wakes) = state.withLock { state in
      let result = change(&state)
      defer {
        state.hungry = [:]
        state.producerWaits = false
      }
      return (result, state.hungry)
    }
    for wake in wakes.values { wake() }
    room.signal()
    return result
  }
}
