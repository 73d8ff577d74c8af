import Dispatch
import LLMPerfLock
import Synchronization

/// Turns prompts into requests ahead of time, on a thread of its own.
final class RequestProducer: Sendable {
  private let api: any APIPlugin
  private let address: ServiceAddress
  private let queues: [RequestQueue]
  private let warmup: Int
  private let dueTimes: Lock<ArrivalProcess.DueTimes?>
  private let prompts: Lock<PromptSource>
  private let countTokens: (@Sendable ([UInt8]) -> Int?)?
  private let outcome = Lock<(any Error)?>(nil)
  private let produced = Atomic(0)
  private let firstReady = DispatchSemaphore(value: 0)

  /// Prompts that are looked at before the run starts, where they may be malformed.
  private static let checkedAhead = 4096
  /// Prompts that are built together: a plugin in another process is asked once for all of them.
  private static let batch = 64

  init(
    prompts: sending PromptSource, api: any APIPlugin, address: ServiceAddress, queues: [RequestQueue],
    dueTimes: ArrivalProcess.DueTimes?, warmup: Int, countTokens: (@Sendable ([UInt8]) -> Int?)?
  ) {
    self.prompts = Lock(prompts)
    self.api = api
    self.address = address
    self.queues = queues
    self.dueTimes = Lock(dueTimes)
    self.warmup = warmup
    self.countTokens = countTokens
  }

  /// Requests made so far.
  var count: Int { produced.load(ordering: .relaxed) }

  /// What stopped the producer; nil while it is well.
  var error: (any Error)? { outcome.withLock { $0 } }

  /// Waits until the first requests are ready, or known to be wrong.
  func waitForFirst() {
    firstReady.wait()
  }

  /// Makes requests until there are no prompts left or nobody wants more.
  func run() {
    let isReady = OnceSignal(firstReady)
    do {
      try produce(isReady)
    } catch {
      outcome.withLock { $0 = error }
    }
    for queue in queues { queue.close() }
    isReady.signal()
  }

  private func produce(_ isReady: OnceSignal) throws {
    let checksAhead = prompts.withLock { $0.checksAhead }
    // The first one alone, so that sending can begin at once.
    var size = checksAhead ? Self.batch : 1
    while true {
      let batch = try nextPrompts(size)
      guard !batch.isEmpty else { return }
      let requests = try api.makeRequests(for: batch)
      guard requests.count == batch.count else {
        throw UsageError("the API plugin built \(requests.count) requests for \(batch.count) prompts")
      }
      for (prompt, request) in zip(batch, requests) {
        try request.checkHead()
        guard push(prompt, request, isReady) else { return }
      }
      if !checksAhead || count >= Self.checkedAhead { isReady.signal() }
      size = Self.batch
    }
  }

  private func nextPrompts(_ count: Int) throws -> [Prompt] {
    try prompts.withLock { prompts in
      var batch: [Prompt] = []
      while batch.count < count, let prompt = try prompts.next() { batch.append(prompt) }
      return batch
    }
  }

  /// Queues a request; false when it is no longer wanted.
  private func push(_ prompt: Prompt, _ request: APIRequest, _ isReady: OnceSignal) -> Bool {
    let index = count
    let (wire, bodyStart) = request.wire(to: address)
    let bytes = prompt.bytes
    let scheduled = ScheduledRequest(
      index: index, phase: index < warmup ? .warmup : .measured, wire: wire, bodyStart: bodyStart,
      promptLength: prompt.scalarCount, promptHash: bytes.fingerprint,
      promptPrefixHash: bytes.prefixFingerprint, promptTokens: countTokens.flatMap { $0(bytes) })
    let dueAt = dueTimes.withLock { $0?.next() }
    produced.add(1, ordering: .relaxed)
    let queue = queues[index % queues.count]
    if queue.isFull(for: scheduled) { isReady.signal() }
    return queue.push(scheduled, dueAt: dueAt)
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

extension [UInt8] {
  /// A hash that is the same on every machine (FNV-1a, eight bytes at a time), to notice prompts that repeat.
  package var fingerprint: UInt64 { fingerprint(ofFirst: count) }

  /// How many bytes make a prefix worth noticing: some 250 tokens, of which a prefix cache saves a good part.
  package static var notedPrefix: Int { 1024 }

  /// The hash of the first `notedPrefix` bytes; 0 where there are no more than those.
  package var prefixFingerprint: UInt64 { count > Self.notedPrefix ? fingerprint(ofFirst: Self.notedPrefix) : 0 }

  private func fingerprint(ofFirst length: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    withUnsafeBytes { bytes in
      var offset = 0
      while length - offset >= 8 {
        hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x0000_0100_0000_01B3
        hash ^= hash >> 29
        offset += 8
      }
      while offset < length {
        hash = (hash ^ UInt64(bytes[offset])) &* 0x0000_0100_0000_01B3
        offset += 1
      }
    }
    return hash ^ (hash >> 32)
  }
}
