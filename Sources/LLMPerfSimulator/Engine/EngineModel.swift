/// When sequences run: slots, a queue in order of arrival, one prefill at a time, and decode steps that slow with the
/// batch. It knows no clock: instants are handed in, in nanoseconds, so that it can be run in virtual time.
struct EngineModel {
  /// What becomes of a request that arrives.
  enum Admission: Hashable {
    /// It runs, and its first token is due then.
    case running(firstTokenAt: Int64)
    case queued
    /// The queue is full.
    case refused
  }

  /// A request that waits got a slot.
  struct Promotion: Hashable {
    var request: Int
    var firstTokenAt: Int64
  }

  private struct Waiting {
    var request: Int
    var promptTokens: Int
    var delay: Int64
  }

  private let slots: Int
  private let queueLimit: Int
  private let prefillRate: Double?
  private let perSequence: Double
  private var prefillFreeAt = Int64.min
  private var queue: [Waiting] = []
  private var head = 0

  /// Sequences that run now.
  private(set) var running = 0
  /// Requests that wait for a slot.
  var waiting: Int { queue.count - head }

  init(_ configuration: SimulatorConfiguration) {
    slots = configuration.slots ?? .max
    queueLimit = configuration.queueLimit ?? .max
    prefillRate = configuration.prefillRate
    perSequence = configuration.itlPerSequence
  }

  /// A request arrives at `instant`; its first token comes `delay` after its prefill.
  mutating func arrive(_ request: Int, promptTokens: Int, delay: Int64, at instant: Int64) -> Admission {
    if running < slots {
      return .running(firstTokenAt: admit(promptTokens: promptTokens, delay: delay, at: instant))
    }
    guard waiting < queueLimit else { return .refused }
    queue.append(Waiting(request: request, promptTokens: promptTokens, delay: delay))
    return .queued
  }

  /// A sequence has ended at `instant`; the request that waited longest gets its slot.
  mutating func leave(at instant: Int64) -> Promotion? {
    running -= 1
    guard running < slots, waiting > 0 else { return nil }
    let next = queue[head]
    head += 1
    if head == queue.count || head > 4096 {
      queue.removeFirst(head)
      head = 0
    }
    return Promotion(
      request: next.request,
      firstTokenAt: admit(promptTokens: next.promptTokens, delay: next.delay, at: instant))
  }

  /// A request that waited will not be needed.
  mutating func abandon(_ request: Int) {
    if let index = queue[head...].firstIndex(where: { $0.request == request }) { queue.remove(at: index) }
  }

  /// What the batch adds to each decode step now, in nanoseconds.
  var slowdown: Double { perSequence * Double(max(0, running - 1)) }

  private mutating func admit(promptTokens: Int, delay: Int64, at instant: Int64) -> Int64 {
    running += 1
    guard let prefillRate else { return instant.later(by: Double(delay)) }
    let start = max(instant, prefillFreeAt)
    prefillFreeAt = start.later(by: Double(promptTokens) / prefillRate * 1e9)
    return prefillFreeAt.later(by: Double(delay))
  }
}
