import Dispatch
import LLMPerf
import LLMPerfLock
import Synchronization

/// A transport without a network: it takes requests from the queues on a thread of its own and answers each as the
/// script says. Its clock moves only when a request is taken, a millisecond each time.
final class ScriptedTransport: Transport {
  /// Makes an exchange of a request: fills in what came of it.
  typealias Script = @Sendable (_ exchange: inout FinishedExchange) -> Void

  private let script: Script
  private let failure: (any Error)?
  private let clock: ManualClock
  private let thread: Lock<WorkerThread?> = Lock(nil)
  private let isStopped = Atomic(false)
  private let arrived = DispatchSemaphore(value: 0)
  private let observation = Lock(LoopObservation())
  /// The grace times of the calls of `stopSending`.
  let stops = Lock<[Duration]>([])
  private let failsAfter: Int
  private let duration: Duration?

  /// A transport that cannot get ready for `failure`, or that breaks when it has sent `count` requests, or
  /// that sends nothing after `duration`, and then drains for an hour.
  init(
    _ clock: ManualClock, failing failure: (any Error)? = nil, breakingAfter count: Int = .max,
    sendingFor duration: Duration? = nil, _ script: @escaping Script = { $0.succeed() }
  ) {
    failsAfter = count
    self.duration = duration
    self.clock = clock
    self.failure = failure
    self.script = script
  }

  func prepare() throws {
    if let failure { throw failure }
  }

  func start(
    requests: [RequestQueue], finished: ExchangeQueue, clockOrigin: Int64,
    failed: @escaping @Sendable (any Error) -> Void
  ) {
    let worker = try? WorkerThread("scripted") { [self] in
      for queue in requests { serve(queue, finished, clockOrigin) }
      if observations[0].sent >= failsAfter { failed(Broken()) }
    }
    thread.withLock { $0 = worker }
  }

  struct Broken: Error {}

  private func serve(_ queue: RequestQueue, _ finished: ExchangeQueue, _ origin: Int64) {
    while !isStopped.load(ordering: .relaxed), observations[0].sent < failsAfter {
      let now = RunInstant(nanoseconds: clock.now - origin)
      if let duration, now >= RunInstant.start + duration { return clock.advance(nanoseconds: 3_600_000_000_000) }
      switch queue.take(at: now, loop: 0, wake: { [arrived] in arrived.signal() }) {
      case .send(let request, let dueAt):
        clock.advance(nanoseconds: 1_000_000)
        var exchange = FinishedExchange(request: request, dueAt: dueAt ?? now)
        exchange.sentAt = now
        exchange.headersAt = now
        exchange.endedAt = RunInstant(nanoseconds: clock.now - origin)
        script(&exchange)
        observation.withLock { $0.sent += 1 }
        finished.push(exchange)
      case .notBefore(let dueAt): clock.advance(nanoseconds: dueAt.nanoseconds - now.nanoseconds)
      case .wait: arrived.wait()
      case .finished: return
      }
    }
  }

  func stopSending(cancelAfter: Duration) {
    stops.withLock { $0.append(cancelAfter) }
    isStopped.store(true, ordering: .relaxed)
    arrived.signal()
  }

  func waitUntilDone() {
    thread.withLock { $0 }?.join()
  }

  var observations: [LoopObservation] { [observation.withLock { $0 }] }
}

/// A clock that stands still until it is moved.
final class ManualClock: Sendable {
  private let time: Atomic<Int64>

  init(_ start: Int64 = 5_000_000_000) { time = Atomic(start) }

  var now: Int64 { time.load(ordering: .relaxed) }

  func advance(nanoseconds: Int64) { time.add(nanoseconds, ordering: .relaxed) }
}

extension FinishedExchange {
  /// A small streamed answer that came whole.
  mutating func succeed() {
    let answer = #"data: {"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"
    status = 200
    body = Array(answer.utf8)
    isComplete = true
    arrivals = [Arrival(end: body.count, at: endedAt ?? .start)]
  }
}

/// A sink that keeps what it is told, and fails where it is told to.
final class CollectingSink: RecordSink {
  private(set) var records: [RequestRecord] = []
  private(set) var name: String?
  private let failsAfter: Int

  struct Full: Error {}

  init(failingAfter count: Int = .max) { failsAfter = count }

  func begin(_ run: RunDescription) { name = run.name }

  func receive(_ records: [RequestRecord]) throws {
    self.records += records
    if self.records.count >= failsAfter { throw Full() }
  }
}
