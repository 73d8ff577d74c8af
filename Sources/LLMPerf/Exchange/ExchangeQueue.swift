import Dispatch
import Synchronization

/// Finished exchanges on their way from the event loops to the recorder.
///
/// The loops never wait. When the recorder falls behind by more than `byteLimit`, bodies go to a temporary file and come
/// back from it when their turn has come: memory stays bounded, and stamps are never touched.
package final class ExchangeQueue: Sendable {
  /// Exchanges that the recorder takes at once, so that taking some never moves the others.
  private struct Batch {
    var exchanges: [FinishedExchange] = []
    /// Where the bodies of exchanges at these positions lie in the spill file.
    var spilled: [(position: Int, place: BodySpill.Place)] = []
  }

  private struct State {
    var batches: [Batch] = []
    var count = 0
    var bytes = 0
    var isClosed = false

    /// Adds an exchange, whose body lies at `place` of the spill file if it is not with it.
    mutating func append(_ exchange: FinishedExchange, _ place: BodySpill.Place?, batchSize: Int) {
      if batches.last.map({ $0.exchanges.count == batchSize }) ?? true { batches.append(Batch()) }
      let last = batches.count - 1
      if let place { batches[last].spilled.append((batches[last].exchanges.count, place)) }
      bytes += exchange.body.count
      batches[last].exchanges.append(exchange)
      count += 1
    }

    mutating func takeFirst() -> Batch? {
      guard !batches.isEmpty else { return nil }
      let first = batches.removeFirst()
      count -= first.exchanges.count
      bytes -= first.exchanges.reduce(0) { $0 + $1.body.count }
      return first
    }
  }

  private let state = Mutex(State())
  private let arrival = DispatchSemaphore(value: 0)
  private let spill: Mutex<BodySpill?>
  private let byteLimit: Int
  private let batchSize: Int

  /// A queue that keeps up to `byteLimit` bytes of bodies in memory and spills the rest below `directory`.
  /// Up to `batchSize` exchanges are taken at once.
  package init(byteLimit: Int = 64 << 20, spillDirectory: String = "/tmp", batchSize: Int = 256) {
    self.byteLimit = byteLimit
    self.batchSize = batchSize
    spill = Mutex(BodySpill(directory: spillDirectory))
  }

  /// Hands an exchange over.
  package func push(_ exchange: FinishedExchange) {
    var exchange = exchange
    let size = exchange.body.count
    let isFull = state.withLock { $0.bytes + size > byteLimit }
    let place = isFull ? spill.withLock { $0?.write(exchange.body) } : nil
    if place != nil { exchange.body = [] }
    state.withLock { $0.append(exchange, place, batchSize: batchSize) }
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
    guard var batch = state.withLock({ $0.takeFirst() }) else { return nil }
    for (position, place) in batch.spilled {
      batch.exchanges[position].body = spill.withLock { $0?.read(place) } ?? []
    }
    return batch.exchanges
  }
}
