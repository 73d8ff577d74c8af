import Dispatch
import LLMPerfLock
import Synchronization

/// Turns prompts into requests ahead of time, on a thread of its own.
final class RequestProducer: Sendable {
  private let api: any APIPlugin
  private let address: ServiceAddress
  private let queues: [RequestQueue]
  private let room: DispatchSemaphore
  private let warmup: Int
  private let dueTimes: Lock<ArrivalProcess.DueTimes?>
  private let prompts: Lock<PromptSource>
  private let countTokens: (@Sendable ([UInt8]) -> Int?)?
  private let now: @Sendable () -> Int64
  private let outcome = Lock<(any Error)?>(nil)
  private let produced = Atomic(0)
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

  /// Prompts that are looked at before the run starts, where they may be malformed.
  private static let checkedAhead = 4096
  /// Prompts that are built together: a plugin in another process is asked once for all of them.
  private static let batch = 64

  init(
    prompts: sending PromptSource, api: any APIPlugin, address: ServiceAddress, queues: [RequestQueue],
    room: DispatchSemaphore, dueTimes: ArrivalProcess.DueTimes?, warmup: Int,
    countTokens: (@Sendable ([UInt8]) -> Int?)?, now: @escaping @Sendable () -> Int64
  ) {
    self.prompts = Lock(prompts)
    self.api = api
    self.address = address
    self.queues = queues
    self.room = room
    self.dueTimes = Lock(dueTimes)
    self.warmup = warmup
    self.countTokens = countTokens
    self.now = now
  }

  /// Requests made so far.
  var count: Int { produced.load(ordering: .relaxed) }

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

  /// Makes requests until there are no prompts left or nobody wants more.
  func run() {
    let isReady = OnceSignal(firstReady)
    do {
      try produce(isReady)
      for queue in queues { queue.close() }
      isReady.signal()
      try keepFresh()
    } catch {
      // What is wrong with prompts that nobody wants any more ends nothing.
      let isWanted = state.withLock { $0.countsUntil == nil }
      if isWanted { outcome.withLock { $0 = error } }
      // Requests that can grow stale must not wait for a producer that is gone.
      if api.requestLifetime != nil { for queue in queues { queue.cancel(at: .start) } }
    }
    for queue in queues { queue.close() }
    isReady.signal()
    ended.signal()
  }

  private func produce(_ isReady: OnceSignal) throws {
    let checksAhead = prompts.withLock { $0.checksAhead }
    // The first one alone, so that sending can begin at once.
    var size = checksAhead ? Self.batch : 1
    while true {
      let batch = try nextPrompts(size)
      guard !batch.isEmpty else { return }
      let builtAt = now()
      let requests = try makeRequests(for: batch)
      for (position, (prompt, request)) in zip(batch, requests).enumerated() {
        try request.checkHead()
        let dueAt = nextDueTime()
        guard try push(prompt, request, builtAt: builtAt, dueAt: dueAt, isReady) else {
          if let dueAt { try countUnsent(from: dueAt, known: batch.count - position) }
          return
        }
      }
      if !checksAhead || count >= Self.checkedAhead { isReady.signal() }
      size = Self.batch
    }
  }

  private func makeRequests(for batch: [Prompt]) throws -> [APIRequest] {
    let requests = try api.makeRequests(for: batch)
    guard requests.count == batch.count else {
      throw UsageError("the API plugin built \(requests.count) requests for \(batch.count) prompts")
    }
    return requests
  }

  private func nextPrompts(_ count: Int) throws -> [Prompt] {
    try prompts.withLock { prompts in
      var batch: [Prompt] = []
      while batch.count < count, let prompt = try prompts.next() { batch.append(prompt) }
      return batch
    }
  }

  private func nextDueTime() -> RunInstant? {
    dueTimes.withLock { $0?.next() }
  }

  /// Queues a request; false when it is no longer wanted.
  private func push(
    _ prompt: Prompt, _ request: APIRequest, builtAt: Int64, dueAt: RunInstant?, _ isReady: OnceSignal
  ) throws -> Bool {
    let origin = origin(of: prompt)
    let (wire, bodyStart) = request.wire(to: address)
    let scheduled = ScheduledRequest(origin, wire: wire, bodyStart: bodyStart)
    produced.add(1, ordering: .relaxed)
    let queue = queues[origin.index % queues.count]
    if queue.isFull(for: scheduled) { isReady.signal() }
    let freshness = api.requestLifetime.map {
      RequestQueue.Freshness(prompt: prompt, until: builtAt + $0.wholeNanoseconds)
    }
    return try queue.push(scheduled, dueAt: dueAt, freshness: freshness, whileWaiting: renewStale)
  }

  /// What is planned for the next request, which asks `prompt`.
  private func origin(of prompt: Prompt) -> RequestOrigin {
    var origin = RequestOrigin(index: count)
    let bytes = prompt.bytes
    origin.phase = origin.index < warmup ? .warmup : .measured
    origin.promptLength = prompt.scalarCount
    origin.promptHash = bytes.fingerprint
    origin.promptPrefixHash = bytes.prefixFingerprint
    origin.promptTokens = countTokens.flatMap { $0(bytes) }
    return origin
  }

  /// Stays until the last request was taken, where waiting ones grow stale.
  private func keepFresh() throws {
    guard api.requestLifetime != nil else { return }
    while queues.contains(where: \.isInUse) {
      room.wait()
      try renewStale()
    }
  }

  /// Builds requests anew that have grown stale while they waited, and that a loop wants now.
  private func renewStale() throws {
    guard let lifetime = api.requestLifetime else { return }
    for queue in queues {
      let stale = queue.stale(atMost: Self.batch)
      guard !stale.isEmpty else { continue }
      let builtAt = now()
      let requests = try makeRequests(for: stale.map(\.prompt))
      queue.renew(
        zip(stale, requests).map { old, request in
          let (wire, bodyStart) = request.wire(to: address)
          return (old.index, wire, bodyStart)
        }, until: builtAt + lifetime.wholeNanoseconds)
    }
  }

  /// Counts what the schedule holds until sending ended: the request due at `first`, the others of the `known` ones that
  /// were read with it, and as many prompts as there are for the times that follow.
  private func countUnsent(from first: RunInstant, known: Int) throws {
    guard let end = state.withLock(\.countsUntil) else { return }
    // Requests without end that are all due at once cannot be counted.
    if dueTimes.withLock({ $0?.isAtOnce ?? false }), prompts.withLock(\.isEndless) { return }
    var due: RunInstant? = first
    var known = known
    while let at = due, at <= end, state.withLock(\.isAwaited) {
      if known == 0 {
        guard try prompts.withLock({ try $0.next() }) != nil else { return }
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
