package import LLMPerf

extension ExchangeQueue {
  /// The next exchanges, of which the sinks have been told at once; nil when the queue is closed and empty.
  package func drain(milliseconds: Int) -> [FinishedExchange]? {
    switch take(within: milliseconds) {
    case .found(let batch):
      settle(batch.ticket)
      return batch.exchanges
    case .nothing: return []
    case .end: return nil
    }
  }
}
