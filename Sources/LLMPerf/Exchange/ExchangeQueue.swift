import Dispatch
import Synchronization

/// Finished exchanges on their way from the event loops to the recorder.
///
/// The loops never wait. When the recorder falls behind by more than `byteLimit`, bodies go to a temporary file and come
/// back from it when their turn has come: memory stays bounded, and stamps are never touched.
package final class ExchangeQueue: Sendable {
  private struct State {
    var exchanges: [FinishedExchange] = []
    /// Where the bodies of exchanges at these positions lie in the spill file.
    var spilled: [(position: Int, place: BodySpill.Place)] = []
    var bytes = 0
    var isClosed = false
    var peakBytes = 0
  }

  private let state = Mutex(State())
  private let arrival = DispatchSemaphore(value: 0)
  private let spill: Mutex<BodySpill?>
  private let byteLimit: Int

  /// A queue that keeps up to `byteLimit` bytes of bodies in memory and spills the rest below `directory`.
  package init(byteLimit: Int = 64 << 20, spillDirectory: String = "/tmp") {
    self.byteLimit = byteLimit
    spill = Mutex(BodySpill(directory: spillDirectory))
  }

  /// Hands an exchange over.
  package func push(_ exchange: FinishedExchange) {
    var exchange = exchange
    let size = exchange.body.count
    let isFull = state.withLock { $0.bytes + size > byteLimit }
    let place = isFull ? spill.withLock { $0?.write(exchange.body) } : nil
    if place != nil { exchange.body = [] }
    state.withLock { state in
      if let place {
        state.spilled.append((state.exchanges.count, place))
      } else {
        state.bytes += size
        state.peakBytes = max(state.peakBytes, state.bytes)
      }
      state.exchanges.append(exchange)
    }
  }

  /// No further exchange will come.
  package func close() {
    state.withLock { $0.isClosed = true }
    arrival.signal()
  }

  /// At most `limit` exchanges, in order of their end, after at most `milliseconds`; nil when the queue is closed and empty.
  package func drain(limit: Int, milliseconds: Int) -> [FinishedExchange]? {
    if let waiting = take(limit) { return waiting }
    let isClosed = state.withLock(\.isClosed)
    // What came between the two looks is the last there is.
    if isClosed { return take(limit) }
    _ = arrival.wait(timeout: .now() + .milliseconds(milliseconds))
    return take(limit) ?? []
  }

  /// Exchanges that wait for the recorder.
  package var backlog: Int { state.withLock(\.exchanges.count) }

  private func take(_ limit: Int) -> [FinishedExchange]? {
    var (batch, spilled) = state.withLock { state -> ([FinishedExchange], [(position: Int, place: BodySpill.Place)]) in
      let count = min(limit, state.exchanges.count)
      let batch = Array(state.exchanges.prefix(count))
      state.exchanges.removeFirst(count)
      let spilled = state.spilled.filter { $0.position < count }
      state.spilled = state.spilled.dropFirst(spilled.count).map { ($0.position - count, $0.place) }
      state.bytes -= batch.reduce(0) { $0 + $1.body.count }
      return (batch, spilled)
    }
    for (position, place) in spilled {
      batch[position].body = spill.withLock { $0?.read(place) } ?? []
    }
    return batch.isEmpty ? nil : batch
  }
}
