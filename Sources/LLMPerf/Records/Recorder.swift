/// The one consumer of finished exchanges: makes records of them, has their tokens counted, and tells the sinks. Used by
/// one thread at a time.
package final class Recorder {
  /// Counts the tokens of several texts; safe to call from any thread.
  package typealias TokenCounter = @Sendable (_ texts: [[UInt8]]) -> [Int?]

  private let analyzer: ResponseAnalyzer
  private let countTokens: TokenCounter?
  private let redactor: Redactor
  /// Who is told.
  package let sinks: RecordSinks
  /// The most exchanges that waited at once.
  package private(set) var peakBacklog = 0

  /// How often the recorder looks for exchanges when few come, in milliseconds: each look wakes a thread.
  private static let interval = 20
  private static let tickInterval = Duration.milliseconds(200)

  /// A recorder that tells `sinks`. What they are told holds none of the secrets that `redactor` knows.
  package init(
    _ analyzer: ResponseAnalyzer, countTokens: TokenCounter?, redactor: Redactor = Redactor(),
    telling sinks: RecordSinks
  ) {
    self.redactor = redactor
    self.analyzer = analyzer
    self.countTokens = countTokens
    self.sinks = sinks
  }

  /// A recorder that tells `sinks`, in this order.
  package convenience init(
    _ analyzer: ResponseAnalyzer, countTokens: TokenCounter?, redactor: Redactor = Redactor(), sinks: [any RecordSink]
  ) {
    self.init(analyzer, countTokens: countTokens, redactor: redactor, telling: RecordSinks(sinks))
  }

  /// What went wrong in sinks and in the plugin, one error of each; empty while all is well.
  package var errors: [any Error] { sinks.errors }

  /// Records exchanges until `queue` is closed and empty. When a sink or the plugin fails, `stop` ends the run's sending;
  /// what has been sent is still recorded by the sinks that are well.
  func run(_ run: RunDescription, _ queue: ExchangeQueue, now: () -> RunInstant, stop: () -> Void) {
    tell(stop) { try $0.begin(run) }
    var nextTick = RunInstant.start + Self.tickInterval
    while let exchanges = queue.drain(milliseconds: Self.interval) {
      peakBacklog = max(peakBacklog, exchanges.count + queue.backlog)
      if !exchanges.isEmpty { record(exchanges, stop) }
      let at = now()
      if at >= nextTick {
        nextTick = at + Self.tickInterval
        tell(stop) { try $0.tick(at: at) }
      }
    }
  }

  /// Tells the sinks what `body` says, leaving out those that fail.
  package func tell(_ stop: () -> Void = {}, _ body: (any RecordSink) throws -> Void) {
    sinks.tell(stop, body)
  }

  /// The first sink of a type, whether it is well or not.
  package func sink<Sink: RecordSink>(_ type: Sink.Type) -> Sink? { sinks.sink(type) }

  private func record(_ exchanges: [FinishedExchange], _ stop: () -> Void) {
    var records: [RequestRecord]
    do {
      records = try analyzer.records(of: exchanges)
    } catch {
      sinks.note(error)
      stop()
      // What the plugin stumbled over may be one response of many.
      records = exchanges.map { analyzer.record(of: $0) }
    }
    if let countTokens { count(&records, by: countTokens) }
    if !redactor.isEmpty {
      for place in records.indices { redactor.redact(&records[place]) }
    }
    tell(stop) { try $0.receive(records) }
  }

  private func count(_ records: inout [RequestRecord], by countTokens: TokenCounter) {
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
