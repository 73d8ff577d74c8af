import Dispatch
import LLMPerfLock
import Synchronization

/// Finished exchanges on their way from the event loops to the recorder.
///
/// When the recorder falls behind by more than `byteLimit`, bodies go to a temporary file and come back from it when their
/// turn has come. When it falls behind by more than `countLimit` exchanges, nothing more is sent until it has caught up.
/// So memory stays bounded, and stamps are never touched.
package final class ExchangeQueue: Sendable {
  private struct State {
    /// Exchanges that the recorder takes at once, so that taking some never moves the others.
    var batches: [[FinishedExchange]] = []
    var bytes = 0
    /// The bodies of the last batch together, wherever they lie.
    var lastLength = 0
    var isClosed = false

    mutating func append(_ exchange: FinishedExchange, batchSize: Int, batchLength: Int) {
      let length = exchange.bodyLength
      if batches.last.map({ $0.count == batchSize || lastLength + length > batchLength }) ?? true {
        batches.append([])
        lastLength = 0
      }
      lastLength += length
      bytes += exchange.body.count
      batches[batches.count - 1].append(exchange)
    }

    mutating func takeFirst() -> [FinishedExchange]? {
      guard !batches.isEmpty else { return nil }
      let first = batches.removeFirst()
      bytes -= first.reduce(0) { $0 + $1.body.count }
      return first
    }
  }

  /// Takes bodies that memory has no room for, those of exchanges under way too.
  package let spill: BodySpill
  private let state = Lock(State())
  private let count = Atomic(0)
  private let arrival = DispatchSemaphore(value: 0)
  private let byteLimit: Int
  private let countLimit: Int
  private let batchSize: Int
  private let batchLength: Int

  /// A queue that keeps up to `byteLimit` bytes of bodies in memory and spills the rest below `spillDirectory`, and that
  /// is congested by more than `countLimit` exchanges, each of which takes about a kilobyte beside its body. Up to
  /// `batchSize` exchanges are taken at once, and no more than have bodies of `batchLength` bytes together: they all come
  /// back to memory then.
  package init(
    byteLimit: Int = 56 << 20, countLimit: Int = 32_768, spillDirectory: String = "/tmp", batchSize: Int = 256,
    batchLength: Int = 32 << 20
  ) {
    self.byteLimit = byteLimit
    self.countLimit = countLimit
    self.batchSize = batchSize
    self.batchLength = batchLength
    spill = BodySpill(directory: spillDirectory)
  }

  /// Hands an exchange over.
  package func push(_ exchange: FinishedExchange) {
    var exchange = exchange
    let size = exchange.body.count
    if state.withLock({ $0.bytes + size > byteLimit }) { spill.moveOut(&exchange) }
    count.add(1, ordering: .relaxed)
    state.withLock { $0.append(exchange, batchSize: batchSize, batchLength: batchLength) }
  }

  /// No further exchange will come.
  package func close() {
    state.withLock { $0.isClosed = true }
    arrival.signal()
  }

  /// Some exchanges in order of their end, after at most `milliseconds`; nil when the queue is closed and empty.
  package func drain(milliseconds: Int) -> [FinishedExchange]? {
    if let waiting = take() { return waiting }
    let isClosed = state.withLock(\.isClosed)
    // What came between the two looks is the last there is.
    if isClosed { return take() }
    _ = arrival.wait(timeout: .now() + .milliseconds(milliseconds))
    return take() ?? []
  }

  /// Exchanges that wait for the recorder.
  package var backlog: Int { count.load(ordering: .relaxed) }

  /// Whether so many exchanges wait for the recorder that sending more would only fill the memory.
  package var isCongested: Bool { backlog > countLimit }

  private func take() -> [FinishedExchange]? {
    guard var exchanges = state.withLock({ $0.takeFirst() }) else { return nil }
    count.subtract(exchanges.count, ordering: .relaxed)
    for position in exchanges.indices { exchanges[position].bringBack() }
    return exchanges
  }
}
