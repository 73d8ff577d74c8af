/// What a worker does: makes records of finished exchanges, tells those who wait for an answer, has tokens counted, hides
/// secrets, and makes what sinks want made of records. Any number of threads may use one at the same time.
struct AnswerReader: Sendable {
  let analyzer: ResponseAnalyzer
  let countTokens: Recorder.TokenCounter?
  let redactor: Redactor
  let replies: (any ReplyTaker)?
  /// For each sink what makes its digests; nil for those that take records.
  let digesters: [RecordDigester?]

  /// Exchanges of one batch as the sinks are told of them.
  struct Batch: Sendable {
    var ticket: ExchangeBatch.Ticket
    var records: [RequestRecord]
    /// A digest of the records for each sink that takes one.
    var digests: [(any Sendable)?]
    /// What the plugin stumbled over.
    var error: (any Error)?
  }

  /// Reads what came.
  func read(_ batch: ExchangeBatch) -> Batch {
    var (records, error) = records(of: batch.exchanges)
    if let countTokens { count(&records, by: countTokens) }
    if !redactor.isEmpty {
      for place in records.indices { redactor.redact(&records[place]) }
    }
    return Batch(
      ticket: batch.ticket, records: records, digests: digesters.map { $0?(records) }, error: error)
  }

  private func records(of exchanges: [FinishedExchange]) -> (records: [RequestRecord], error: (any Error)?) {
    guard analyzer.finishesResponses else { return (exchanges.map { record(of: $0) }, nil) }
    do {
      let records = try analyzer.records(of: exchanges)
      for (exchange, record) in zip(exchanges, records) { reply(to: exchange, with: record) }
      return (records, nil)
    } catch {
      // What the plugin stumbled over may be one response of many.
      return (exchanges.map { record(of: $0) }, error)
    }
  }

  private func record(of exchange: FinishedExchange) -> RequestRecord {
    let record = analyzer.record(of: exchange)
    reply(to: exchange, with: record)
    return record
  }

  /// Who goes on from the answer need not wait until others have been read, nor for the sinks.
  private func reply(to exchange: FinishedExchange, with record: RequestRecord) {
    guard let replies, replies.awaits(exchange.request) else { return }
    replies.take(Reply(record), to: exchange.request)
  }

  private func count(_ records: inout [RequestRecord], by countTokens: Recorder.TokenCounter) {
    let counts = countTokens(
      records.map { record in
        guard let bodies = record.bodies else { return [] }
        // Put together only where there is something to put together: a text may be large.
        return bodies.reasoning.isEmpty ? bodies.text : bodies.text + bodies.reasoning
      })
    for (position, count) in counts.enumerated() where records[position].succeeded {
      records[position].counted.output = count
    }
  }
}
