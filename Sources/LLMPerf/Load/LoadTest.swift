import Synchronization

/// One load test: a producer of requests, a transport that sends them, and a recorder, each on threads of its own.
///
/// ```
/// PromptSource ─▶ RequestProducer ─▶ RequestQueue ─▶ Transport ─▶ ExchangeQueue ─▶ Recorder ─▶ sinks
/// ```
/// `run()` returns when the last response has ended and the last record has been received.
package final class LoadTest: Sendable {
  /// What a run consists of.
  package struct Plan: Sendable {
    /// When requests leave.
    package var pattern: LoadPattern
    /// Requests at the start that only warm the service up.
    package var warmup = 0
    /// The seed of the schedule.
    package var seed: UInt64
    /// How long in-flight requests may go on after an interrupt.
    package var grace: Duration = .seconds(10)
    /// Loops of the transport: each gets its own part of an open loop's schedule.
    package var loops = 1
    /// Counts a prompt's tokens; nil where no tokenizer is used.
    package var countPromptTokens: (@Sendable ([UInt8]) -> Int?)?

    package init(pattern: LoadPattern, seed: UInt64) {
      self.pattern = pattern
      self.seed = seed
    }
  }

  /// How a run ended.
  package struct Outcome: Sendable {
    /// Requests that were due and never sent.
    package var neverSent = 0
    /// Whether the run was interrupted.
    package var wasInterrupted = false
    /// What stopped the run before its end; what was measured until then stands.
    package var error: (any Error)?
    /// What the loops saw of themselves.
    package var loops: [LoopObservation] = []
  }

  private let plan: Plan
  private let transport: any Transport
  private let producer: RequestProducer
  private let queues: [RequestQueue]
  private let finished: ExchangeQueue
  private let recorder: Handover<Recorder>
  private let now: @Sendable () -> Int64
  private let interrupted = Atomic(false)
  private let origin = Atomic<Int64>(0)

  /// A load test.
  ///
  /// - Parameters:
  ///   - plan: What is sent when.
  ///   - prompts: What is asked.
  ///   - api: The protocol.
  ///   - address: Where requests go; the transport goes there too.
  ///   - transport: Sends them.
  ///   - recorder: Is told of every exchange.
  ///   - spillDirectory: Takes bodies that memory has no room for.
  ///   - now: The monotonic clock in nanoseconds.
  package init(
    _ plan: Plan, prompts: sending PromptSource, api: any APIPlugin, address: ServiceAddress,
    transport: any Transport, recorder: sending Recorder, spillDirectory: String, now: @escaping @Sendable () -> Int64
  ) {
    self.plan = plan
    self.transport = transport
    self.recorder = Handover(recorder)
    self.now = now
    var dueTimes: ArrivalProcess.DueTimes?
    if case .openLoop(let process, _) = plan.pattern { dueTimes = process.dueTimes(seed: plan.seed) }
    queues = (0..<(dueTimes == nil ? 1 : plan.pattern.loops(atMost: plan.loops))).map { _ in RequestQueue() }
    finished = ExchangeQueue(spillDirectory: spillDirectory)
    producer = RequestProducer(
      prompts: prompts, api: api, address: address, queues: queues, dueTimes: dueTimes, warmup: plan.warmup,
      countTokens: plan.countPromptTokens)
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
      cancelQueues()
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
  ) throws -> (outcome: Outcome, recorder: Recorder?) {
    origin.store(clockOrigin, ordering: .relaxed)
    let recording = try WorkerThread("llmuses-records", yields: true) { [self] in
      let recorder = self.recorder.take()
      recorder?.run(description, finished, now: { instant }, stop: { stopSending() })
      self.recorder.give(Handover.Parcel(recorder))
    }
    transport.start(requests: queues, finished: finished, clockOrigin: clockOrigin)
    transport.waitUntilDone()
    var outcome = Outcome()
    outcome.neverSent = cancelQueues()
    producerThread.join()
    finished.close()
    recording.join()
    outcome.wasInterrupted = interrupted.load(ordering: .relaxed)
    let recorder = self.recorder.take()
    outcome.error = producer.error ?? recorder?.error
    outcome.loops = transport.observations
    return (outcome, recorder)
  }

  /// The recorder of a test that could not be prepared.
  package func reclaimRecorder() -> Recorder? {
    self.recorder.take()
  }

  /// Stops sending; what is in flight gets the grace time to end. Callable from any thread, more than once.
  package func interrupt() {
    guard !interrupted.exchange(true, ordering: .relaxed) else { return }
    transport.stopSending(cancelAfter: plan.grace)
    cancelQueues()
  }

  private let overdue = Atomic(0)

  private var instant: RunInstant { RunInstant(nanoseconds: now() - origin.load(ordering: .relaxed)) }

  private func stopSending() {
    transport.stopSending(cancelAfter: nil)
    cancelQueues()
  }

  /// Lets go of what is queued; returns how many requests were due by now and will never be sent.
  @discardableResult
  private func cancelQueues() -> Int {
    let at = instant
    for queue in queues { overdue.add(queue.cancel(at: at), ordering: .relaxed) }
    return overdue.load(ordering: .relaxed)
  }
}
