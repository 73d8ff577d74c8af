import Dispatch
import Synchronization

/// Finished exchanges on their way from the event loops to the recorder.
///
/// The loops never wait. When the recorder falls behind by more than `byteLimit`, bodies go to a temporary file and come
/// back from it when their turn has come: memory stays bounded, and stamps are never touched.
package final class ExchangeQueue: Sendable {
  private struct State {
    /// Exchanges that the recorder takes at once, so that taking some never moves the others.
    var batches: [[FinishedExchange]] = []
    var count = 0
    var bytes = 0
    var isClosed = false

    mutating func append(_ exchange: FinishedExchange, batchSize: Int) {
      if batches.last.map({ $0.count == batchSize }) ?? true { batches.append([]) }
      bytes += exchange.body.count
      batches[batches.count - 1].append(exchange)
      count += 1
    }

    mutating func takeFirst() -> [FinishedExchange]? {
      guard !batches.isEmpty else { return nil }
      let first = batches.removeFirst()
      count -= first.count
      bytes -= first.reduce(0) { $0 + $1.body.count }
      return first
    }
  }

  /// Takes bodies that memory has no room for, those of exchanges under way too.
  package let spill: BodySpill
  private let state = Mutex(State())
  private let arrival = DispatchSemaphore(value: 0)
  private let byteLimit: Int
  private let batchSize: Int

  /// A queue that keeps up to `byteLimit` bytes of bodies in memory and spills the rest below `spillDirectory`.
  /// Up to `batchSize` exchanges are taken at once.
  package init(byteLimit: Int = 56 << 20, spillDirectory: String = "/tmp", batchSize: Int = 256) {
    self.byteLimit = byteLimit
    self.batchSize = batchSize
    spill = BodySpill(directory: spillDirectory)
  }

  /// Hands an exchange over.
  package func push(_ exchange: FinishedExchange) {
    var exchange = exchange
    let size = exchange.body.count
    if state.withLock({ $0.bytes + size > byteLimit }) { spill.moveOut(&exchange) }
    state.withLock { $0.append(exchange, batchSize: batchSize) }
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
  package var backlog: Int { state.withLock(\.count) }

  private func take() -> [FinishedExchange]? {
    guard var exchanges = state.withLock({ $0.takeFirst() }) else { return nil }
    for position in exchanges.indices { exchanges[position].bringBack() }
    return exchanges
  }
}
