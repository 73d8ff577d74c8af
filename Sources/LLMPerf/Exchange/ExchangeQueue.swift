import Dispatch
import LLMPerfLock
import Synchronization

/// Finished exchanges on their way from the event loops to those who read them.
///
/// Workers take them in batches, each with a ticket; until that is settled, which is when the sinks have been told, they
/// count as waiting.
///
/// When the workers fall behind by more than `byteLimit`, bodies go to a temporary file and come back from it when their
/// turn has come. When they fall behind by more than `countLimit` exchanges, nothing more is sent until they have caught up.
/// What they have taken is bounded by `takenLimit`. So memory stays bounded, and stamps are never touched.
package final class ExchangeQueue: Sendable {
  private struct State {
    /// Exchanges that are taken at once, so that taking some never moves the others.
    var batches: [Waiting] = []
    /// Bytes of bodies that are in memory.
    var bytes = 0
    /// The number of the next ticket.
    var nextNumber = 0
    /// The weight of all that is taken and not settled.
    var taken = 0
    /// How many of those that wait to be taken somebody awaits.
    var awaited = 0
    var isClosed = false
    /// Whether somebody waits at `arrival`.
    var isWaiting = false

    /// A batch that waits to be taken.
    struct Waiting {
      var exchanges: [FinishedExchange] = []
      /// The bodies together, wherever they lie, and those of them that are in memory.
      var length = 0
      var bytes = 0
      /// How many of them somebody awaits.
      var awaited = 0
    }

    mutating func append(_ exchange: FinishedExchange, isAwaited: Bool, batchSize: Int, batchLength: Int) {
      let length = exchange.bodyLength
      if batches.last.map({ $0.exchanges.count == batchSize || $0.length + length > batchLength }) ?? true {
        batches.append(Waiting())
      }
      let last = batches.count - 1
      batches[last].length += length
      batches[last].bytes += exchange.body.count
      batches[last].exchanges.append(exchange)
      bytes += exchange.body.count
      guard isAwaited else { return }
      batches[last].awaited += 1
      awaited += 1
    }

    mutating func takeFirst(limit: Int) -> Look<ExchangeBatch> {
      guard let first = batches.first else { return isClosed ? .end : .nothing }
      let batch = ExchangeBatch(first.exchanges, length: first.length, number: nextNumber)
      // A sink that is busy for a while must not keep an answer from who goes on from it.
      let limit = awaited > 0 ? max(limit, ExchangeQueue.limitOfAwaited) : limit
      guard taken == 0 || taken + batch.ticket.weight <= limit else { return .nothing }
      batches.removeFirst()
      bytes -= first.bytes
      awaited -= first.awaited
      taken += batch.ticket.weight
      nextNumber += 1
      return .found(batch)
    }

    /// Whether somebody is to be woken, who no longer waits then.
    mutating func endWait() -> Bool {
      defer { isWaiting = false }
      return isWaiting
    }
  }

  /// Takes bodies that memory has no room for, those of exchanges under way too.
  package let spill: BodySpill
  /// Who waits for answers; nil where nothing that is sent depends on one.
  package let replies: (any ReplyTaker)?
  private let state = Lock(State())
  private let count = Atomic(0)
  private let arrival = DispatchSemaphore(value: 0)
  /// Held by the one worker that looks; the others sleep until it has found something.
  private let lookout = DispatchSemaphore(value: 1)
  private let byteLimit: Int
  private let countLimit: Int
  private let batchSize: Int
  private let batchLength: Int
  private let takenLimit: Int

  /// How often exchanges are looked for when few come, in milliseconds: each look wakes a thread.
  static let interval = 20
  /// What may be taken while somebody awaits one of the answers.
  private static let limitOfAwaited = 32 << 20

  /// A queue that keeps up to `byteLimit` bytes of bodies in memory and spills the rest below `spillDirectory`, and that
  /// is congested by more than `countLimit` exchanges, each of which takes about a kilobyte beside its body. Up to
  /// `batchSize` exchanges are taken at once, and no more than have bodies of `batchLength` bytes together: they all come
  /// back to memory then. Half a megabyte is read in about a millisecond, and handed over in a hundredth of that. No more
  /// than `takenLimit` bytes are with the workers, or wait for the sinks, unless it is one batch. What `replies` awaits is
  /// looked for at once.
  package init(
    byteLimit: Int = 56 << 20, countLimit: Int = 32_768, spillDirectory: String = "/tmp", batchSize: Int = 128,
    batchLength: Int = 512 << 10, takenLimit: Int = takenLimit(workers: 1), replies: (any ReplyTaker)? = nil
  ) {
    self.replies = replies
    self.byteLimit = byteLimit
    self.countLimit = countLimit
    self.batchSize = batchSize
    self.batchLength = batchLength
    self.takenLimit = takenLimit
    spill = BodySpill(directory: spillDirectory)
  }

  /// What so many workers may take: each a batch that it reads and one that waits for its turn, and two more that the sinks
  /// are told of.
  package static func takenLimit(workers: Int) -> Int { (workers + 1) << 20 }

  /// Hands an exchange over.
  package func push(_ exchange: FinishedExchange) {
    var exchange = exchange
    let size = exchange.body.count
    if state.withLock({ $0.bytes + size > byteLimit }) { spill.moveOut(&exchange) }
    let isAwaited = replies?.awaits(exchange.request) == true
    count.add(1, ordering: .relaxed)
    let wakes = state.withLock { state in
      state.append(exchange, isAwaited: isAwaited, batchSize: batchSize, batchLength: batchLength)
      return isAwaited && state.endWait()
    }
    if wakes { arrival.signal() }
  }

  /// No further exchange will come.
  package func close() {
    let wakes = state.withLock { state in
      state.isClosed = true
      return state.endWait()
    }
    if wakes { arrival.signal() }
  }

  /// The next exchanges, for one of several workers, which waits for them; nil when the queue is closed and empty.
  package func next() -> ExchangeBatch? {
    lookout.wait()
    var found = look(within: Self.interval)
    while found.isNothing { found = look(within: Self.interval) }
    lookout.signal()
    guard case .found(let batch) = found else { return nil }
    return batch.broughtBack()
  }

  /// The next exchanges, for one who takes alone, after at most `milliseconds`.
  package func take(within milliseconds: Int) -> Look<ExchangeBatch> {
    look(within: milliseconds).map { $0.broughtBack() }
  }

  /// The sinks have been told of what was taken with `ticket`.
  package func settle(_ ticket: ExchangeBatch.Ticket) {
    count.subtract(ticket.exchanges, ordering: .relaxed)
    let wakes = state.withLock { state in
      state.taken -= ticket.weight
      return !state.batches.isEmpty && state.endWait()
    }
    if wakes { arrival.signal() }
  }

  /// Exchanges that the sinks have not been told of: they wait to be read, are read, or wait for their turn.
  package var backlog: Int { count.load(ordering: .relaxed) }

  /// Whether the backlog is such that sending more would only fill the memory.
  package var isCongested: Bool { backlog > countLimit }

  private func look(within milliseconds: Int) -> Look<ExchangeBatch> {
    replies?.catchUp()
    let found = state.withLock { state in
      let found = state.takeFirst(limit: takenLimit)
      state.isWaiting = found.isNothing
      return found
    }
    guard found.isNothing else { return found }
    _ = arrival.wait(timeout: .now() + .milliseconds(milliseconds))
    return state.withLock { state in
      state.isWaiting = false
      return state.takeFirst(limit: takenLimit)
    }
  }
}
