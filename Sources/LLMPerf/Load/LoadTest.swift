import Dispatch
import LLMPerfLock
import Synchronization

/// One load test: a producer of requests, a transport that sends them, and a recorder, each on threads of its own.
///
/// ```
/// sessions ─▶ RequestProducer ─▶ RequestQueue ─▶ Transport ─▶ ExchangeQueue ─▶ workers ─▶ Recorder ─▶ sinks
///                                LaterTurns ─▶ Transport          LiveSessions ◀─ workers
/// ```
/// `run()` returns when the last response has ended and the last record has been received.
package final class LoadTest: Sendable {
  /// What a run consists of.
  package struct Plan: Sendable {
    /// When requests leave.
    package var load: Load
    /// Requests at the start that only warm the service up.
    package var warmup = 0
    /// The seed of the schedule.
    package var seed: UInt64
    /// Nothing new is sent after this time of the run; nil: until the requests run out.
    package var duration: Duration?
    /// How long requests in flight may go on when sending has ended before they ran out: at `duration`, because a number
    /// is known well enough, or because something broke. After an interrupt, `longestGraceOfInterrupt` bounds it.
    package var grace: Duration = .seconds(30)
    /// How long the end of a run waits for the producer, which may hang in a pipe or in a user's code. It has nothing to
    /// do any more but to count what was due.
    package var producerPatience: Duration = .seconds(2)
    /// Loops of the transport: each gets its own part of an open loop's schedule.
    package var loops = 1
    /// The part of the schedule that is sent from here; each part is drawn from the whole.
    package var shard = Shard.whole
    /// Threads that read the answers. Without any, the one that tells the sinks reads them, and a reply that somebody awaits
    /// waits for the sinks.
    package var workers = 1
    /// Counts a prompt's tokens; nil where no tokenizer is used.
    package var countPromptTokens: (@Sendable ([UInt8]) -> Int?)?

    package init(_ load: Load, seed: UInt64) {
      self.load = load
      self.seed = seed
    }
  }

  /// How a run ended.
  package struct Outcome: Sendable {
    /// Requests that were due before sending ended, and never sent.
    package var neverSent = 0
    /// Turns that were planned, and left out since their session ended before.
    package var skipped = 0
    /// When sending ended before the requests ran out: at the plan's duration, or when the run was stopped; nil when
    /// neither came.
    package var sendingEnded: RunInstant?
    /// Whether the run was interrupted.
    package var wasInterrupted = false
    /// What stopped the run before its end, the first cause first; what was measured until then stands.
    package var errors: [any Error] = []
    /// What the loops saw of themselves.
    package var loops: [LoopObservation] = []
  }

  private let plan: Plan
  private let transport: any Transport
  private let producer: RequestProducer
  /// Whether the schedule has an end: requests without end that are all due at once cannot be counted.
  private let isCountable: Bool
  private let queues: [RequestQueue]
  private let liveSessions: LiveSessions
  private let finished: ExchangeQueue
  private let recorder: Handover<Recorder>
  private let now: @Sendable () -> Int64
  private let interrupted = Atomic(false)
  private let origin = Atomic<Int64>(0)
  /// When sending ends or ended, in nanoseconds of the run; the largest number while that is not known.
  private let sendingEnd = Atomic(Int64.max)
  private let overdue = Atomic(0)
  private let failure = Lock<(any Error)?>(nil)

  /// A user who interrupts does not want to wait any longer than this.
  private static let longestGraceOfInterrupt = Duration.seconds(10)

  /// A load test.
  ///
  /// - Parameters:
  ///   - plan: What is sent when.
  ///   - sessions: What is asked.
  ///   - api: The protocol.
  ///   - address: Where requests go; the transport goes there too.
  ///   - transport: Sends them.
  ///   - recorder: Is told of every exchange.
  ///   - spillDirectory: Takes bodies that memory has no room for.
  ///   - now: The monotonic clock in nanoseconds.
  package init(
    _ plan: Plan, sessions: sending any SessionReader, api: any APIPlugin, address: ServiceAddress,
    transport: any Transport, recorder: sending Recorder, spillDirectory: String, now: @escaping @Sendable () -> Int64
  ) {
    self.plan = plan
    self.transport = transport
    self.recorder = Handover(recorder)
    self.now = now
    isCountable = !(sessions.isEndless && plan.load.rate == .infinity)
    let room = DispatchSemaphore(value: 0)
    queues = (0..<(plan.load.isOpenLoop ? plan.load.loops(atMost: plan.loops) : 1)).map { _ in
      RequestQueue(room: room, clock: now)
    }
    let builder = RequestBuilder(
      api: api, address: address, countTokens: plan.countPromptTokens, load: plan.load)
    let numbers = RequestNumbers(plan.shard)
    liveSessions = LiveSessions(builder, numbers: numbers, clock: now)
    // A plugin that sees whole responses gets many together: it may divide them among several processes.
    finished =
      api.finishesResponses
      ? ExchangeQueue(spillDirectory: spillDirectory, batchSize: 256, batchLength: 32 << 20, replies: liveSessions)
      : ExchangeQueue(
        spillDirectory: spillDirectory, takenLimit: ExchangeQueue.takenLimit(workers: plan.workers),
        replies: liveSessions)
    producer = RequestProducer(
      sessions: sessions, builder: builder, numbers: numbers, queues: queues, room: room,
      seed: plan.seed, isCountable: isCountable, warmup: plan.warmup, shard: plan.shard, now: now)
  }

  /// Gets the first requests ready, and the transport.
  ///
  /// - Throws: what is wrong with the prompts, the plugin or the options; nothing has been sent then.
  package func prepare() throws -> WorkerThread {
    let thread = try WorkerThread("llmuses-prompts") { [producer] in producer.run() }
    producer.waitForFirst()
    if let error = producer.error {
      thread.join()
      throw error
    }
    do {
      try transport.prepare()
    } catch {
      endSending(at: .start)
      thread.join()
      throw error
    }
    return thread
  }

  /// Runs the test to its end. `clockOrigin` is the run's start on the monotonic clock; `description` goes to the sinks.
  ///
  /// - Returns: How it ended, and the recorder, which nobody else uses any more.
  package func run(
    _ description: RunDescription, producedBy producerThread: WorkerThread, clockOrigin: Int64
  ) throws -> sending (outcome: Outcome, recorder: Recorder?) {
    origin.store(clockOrigin, ordering: .relaxed)
    if let duration = plan.duration {
      sendingEnd.min(duration.wholeNanoseconds, ordering: .relaxed)
    }
    // Not held by what it holds itself: nothing of a run may outlive it.
    liveSessions.begin(clockOrigin: clockOrigin, lastDue: plan.duration.map { .start + $0 } ?? .max) { [weak self] in
      self?.fail($0)
    }
    let recording = try WorkerThread("llmuses-records", yields: true) { [self] in
      let recorder = self.recorder.take()
      recorder?.run(
        description, finished, workers: plan.workers, now: { instant }, stop: { stopSending() })
      self.recorder.give(Handover.Parcel(recorder))
    }
    transport.start(requests: queues, finished: finished, clockOrigin: clockOrigin, failed: { self.fail($0) })
    transport.waitUntilDone()
    let doneAt = instant
    cancelQueues()
    finished.close()
    if producer.waitForEnd(atMost: plan.producerPatience) { producerThread.join() }
    recording.join()
    let recorder = self.recorder.take()
    var outcome = Outcome()
    outcome.neverSent = isCountable ? overdue.load(ordering: .relaxed) + producer.neverBuilt : 0
    outcome.skipped = liveSessions.skipped
    let end = RunInstant(nanoseconds: sendingEnd.load(ordering: .relaxed))
    outcome.sendingEnded = end <= doneAt ? end : nil
    outcome.wasInterrupted = interrupted.load(ordering: .relaxed)
    outcome.errors = [failure.withLock(\.self), producer.error].compactMap(\.self) + (recorder?.errors ?? [])
    outcome.loops = transport.observations
    return (outcome, recorder)
  }

  /// The recorder of a test that could not be prepared.
  package func reclaimRecorder() -> sending Recorder? {
    self.recorder.take()
  }

  /// Ends the run as a user does who cannot wait: nothing new is sent, and what is in flight gets a shorter grace. Callable
  /// from any thread, more than once.
  package func interrupt() {
    guard !interrupted.exchange(true, ordering: .relaxed) else { return }
    endSending(at: instant)
    transport.stopSending(cancelAfter: min(plan.grace, Self.longestGraceOfInterrupt))
  }

  /// Sends nothing new; what is in flight gets the plan's grace to end. Callable from any thread, more than once.
  package func stopSending() {
    endSending(at: instant)
    transport.stopSending(cancelAfter: plan.grace)
  }

  /// Ends the sending since something broke.
  private func fail(_ error: any Error) {
    failure.withLock { $0 = $0 ?? error }
    stopSending()
  }

  /// The time of the run; its start before there is one.
  private var instant: RunInstant {
    let origin = origin.load(ordering: .relaxed)
    return origin == 0 ? .start : RunInstant(nanoseconds: now() - origin)
  }

  /// Notes when sending ended, unless it had before, and lets go of what is queued.
  private func endSending(at end: RunInstant) {
    sendingEnd.min(end.nanoseconds, ordering: .relaxed)
    cancelQueues()
  }

  /// Lets go of what is queued, counting what was due before sending ended.
  private func cancelQueues() {
    let end = RunInstant(nanoseconds: sendingEnd.load(ordering: .relaxed))
    producer.stop(countingUntil: end)
    overdue.add(liveSessions.stop(at: end), ordering: .relaxed)
    for queue in queues { overdue.add(queue.cancel(at: end), ordering: .relaxed) }
  }
}
