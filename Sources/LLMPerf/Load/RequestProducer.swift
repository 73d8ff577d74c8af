import Dispatch
import LLMPerfLock
import Synchronization

/// Begins the sessions of a workload, and builds the request of each one's first turn ahead of time, on a thread of its own.
final class RequestProducer: Sendable {
  private let builder: RequestBuilder
  private let queues: [RequestQueue]
  private let room: DispatchSemaphore
  private let warmup: Int
  private let dueTimes: Lock<DueTimes?>
  /// Whether the schedule has an end.
  private let isCountable: Bool
  private let sessions: Lock<any SessionReader>
  private let now: @Sendable () -> Int64
  private let outcome = Lock<(any Error)?>(nil)
  private let numbers: RequestNumbers
  /// Sessions begun so far.
  private let begun = Atomic(0)
  private let unsent = Atomic(0)
  private let firstReady = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let state = Lock(State())

  private struct State {
    /// Until when requests count that nobody will send; nil while they are wanted.
    var countsUntil: RunInstant?
    /// Whether somebody still waits for the count.
    var isAwaited = true
  }

  /// The first turn of a session, which goes on when there is one.
  private struct Opening {
    var turn: Turn
    var session: (any Session)?
  }

  /// Turns that are looked at before the run starts, where they may be malformed.
  private static let checkedAhead = 4096
  /// Turns that are built together: a plugin in another process is asked once for all of them.
  private static let batch = 64

  init(
    sessions: sending any SessionReader, builder: RequestBuilder, numbers: RequestNumbers, queues: [RequestQueue],
    room: DispatchSemaphore, seed: UInt64, isCountable: Bool, warmup: Int, now: @escaping @Sendable () -> Int64
  ) {
    self.sessions = Lock(sessions)
    self.builder = builder
    self.numbers = numbers
    self.queues = queues
    self.room = room
    self.isCountable = isCountable
    dueTimes = Lock(builder.load.dueTimes(seed: seed))
    self.warmup = warmup
    self.now = now
  }

  /// Requests that were due before sending ended and had not come to a queue; known at the end.
  var neverBuilt: Int { unsent.load(ordering: .relaxed) }

  /// What stopped the producer while its requests were wanted; nil while it is well.
  var error: (any Error)? { outcome.withLock(\.self) }

  /// Waits until the first requests are ready, or known to be wrong.
  func waitForFirst() {
    firstReady.wait()
  }

  /// Says that nothing more is wanted, before the queues are cancelled: requests that are due until `end` are only counted.
  func stop(countingUntil end: RunInstant) {
    state.withLock { $0.countsUntil = min($0.countsUntil ?? end, end) }
  }

  /// Waits for the end of `run()`; false when that does not come in time, as in a pipe that nobody writes to.
  func waitForEnd(atMost patience: Duration) -> Bool {
    if ended.wait(timeout: .now() + .nanoseconds(Int(patience.wholeNanoseconds))) == .success { return true }
    state.withLock { $0.isAwaited = false }
    return false
  }

  /// Makes requests until there are no sessions left or nobody wants more.
  func run() {
    let isReady = OnceSignal(firstReady)
    do {
      try produce(isReady)
      for queue in queues { queue.close() }
      isReady.signal()
      try keepFresh()
    } catch {
      // What is wrong with sessions that nobody wants any more ends nothing.
      let isWanted = state.withLock { $0.countsUntil == nil }
      if isWanted { outcome.withLock { $0 = error } }
      // Requests that can grow stale must not wait for a producer that is gone.
      if builder.api.requestLifetime != nil { for queue in queues { queue.cancel(at: .start) } }
    }
    for queue in queues { queue.close() }
    isReady.signal()
    ended.signal()
  }

  private func produce(_ isReady: OnceSignal) throws {
    let checksAhead = sessions.withLock { $0.checksAhead }
    // The first one alone, so that sending can begin at once.
    var size = checksAhead ? Self.batch : 1
    while true {
      let batch = try nextOpenings(size)
      guard !batch.isEmpty else { return }
      let builtAt = now()
      let requests = try builder.requests(asking: batch.map(\.turn))
      for (position, (opening, request)) in zip(batch, requests).enumerated() {
        try request.checkHead()
        let dueAt = nextDueTime()
        guard try push(opening, request, builtAt: builtAt, dueAt: dueAt, isReady) else {
          if let dueAt { try countUnsent(from: dueAt, known: batch.count - position) }
          return
        }
      }
      if !checksAhead || numbers.count >= Self.checkedAhead { isReady.signal() }
      size = Self.batch
    }
  }

  private func nextOpenings(_ count: Int) throws -> [Opening] {
    try sessions.withLock { sessions in
      var batch: [Opening] = []
      while batch.count < count, let opening = try Self.nextOpening(&sessions) { batch.append(opening) }
      return batch
    }
  }

  /// The next session that has a turn; nil when there is none.
  private static func nextOpening(_ sessions: inout any SessionReader) throws -> Opening? {
    while var session = try sessions.next() {
      if let turn = try session.next(after: nil) { return Opening(turn: turn, session: turn.isLast ? nil : session) }
    }
    return nil
  }

  private func nextDueTime() -> RunInstant? {
    dueTimes.withLock { $0?.next() }
  }

  /// Queues a request; false when it is no longer wanted.
  private func push(
    _ opening: Opening, _ request: APIRequest, builtAt: Int64, dueAt: RunInstant?, _ isReady: OnceSignal
  ) throws -> Bool {
    let origin = origin(of: opening.turn, dueAt: dueAt)
    let (wire, bodyStart) = request.wire(to: builder.address)
    var scheduled = ScheduledRequest(origin, wire: wire, bodyStart: bodyStart)
    scheduled.session = opening.session.map { LiveSession($0) }
    let queue = queues[origin.session % queues.count]
    if queue.isFull(for: scheduled) { isReady.signal() }
    let freshness = builder.api.requestLifetime.map {
      RequestQueue.Freshness(turn: opening.turn, until: builtAt + $0.wholeNanoseconds)
    }
    return try queue.push(scheduled, dueAt: dueAt, freshness: freshness, whileWaiting: renewStale)
  }

  /// What is planned for the first request of a session, which asks `turn`.
  private func origin(of turn: Turn, dueAt: RunInstant?) -> RequestOrigin {
    var origin = RequestOrigin(index: numbers.next())
    origin.session = begun.add(1, ordering: .relaxed).oldValue
    origin.phase = origin.index < warmup ? .warmup : .measured
    builder.describe(turn, dueAt: dueAt, in: &origin)
    return origin
  }

  /// Stays until the last request was taken, where waiting ones grow stale.
  private func keepFresh() throws {
    guard builder.api.requestLifetime != nil else { return }
    while queues.contains(where: \.isInUse) {
      room.wait()
      try renewStale()
    }
  }

  /// Builds requests anew that have grown stale while they waited, and that a loop wants now.
  private func renewStale() throws {
    guard let lifetime = builder.api.requestLifetime else { return }
    for queue in queues {
      let stale = queue.stale(atMost: Self.batch)
      guard !stale.isEmpty else { continue }
      let builtAt = now()
      let requests = try builder.requests(asking: stale.map(\.turn))
      queue.renew(
        zip(stale, requests).map { old, request in
          let (wire, bodyStart) = request.wire(to: builder.address)
          return (old.index, wire, bodyStart)
        }, until: builtAt + lifetime.wholeNanoseconds)
    }
  }

  /// Counts what the schedule holds until sending ended: the request due at `first`, the others of the `known` ones that
  /// were read with it, and as many sessions as there are for the times that follow.
  private func countUnsent(from first: RunInstant, known: Int) throws {
    guard isCountable, let end = state.withLock(\.countsUntil) else { return }
    var due: RunInstant? = first
    var known = known
    while let at = due, at <= end, state.withLock(\.isAwaited) {
      if known == 0 {
        guard try sessions.withLock({ try $0.next() != nil }) else { return }
        known = 1
      }
      known -= 1
      unsent.add(1, ordering: .relaxed)
      due = nextDueTime()
    }
  }
}

/// Signals a semaphore once, however often it is told to.
private final class OnceSignal {
  private let semaphore: DispatchSemaphore
  private var isSignalled = false

  init(_ semaphore: DispatchSemaphore) {
    self.semaphore = semaphore
  }

  func signal() {
    guard !isSignalled else { return }
    isSignalled = true
    semaphore.signal()
  }
}
