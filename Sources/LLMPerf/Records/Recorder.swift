/// The one who tells the sinks: has finished exchanges read by workers, and passes on what they make of them in the order in
/// which the exchanges ended. Used by one thread at a time.
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

  /// What went wrong in sinks, in the plugin and at the workers' start, one error of each; empty while all is well.
  package var errors: [any Error] { sinks.errors }

  /// Records exchanges until `queue` is closed and empty, with so many workers who read them. When a sink or the plugin
  /// fails, `stop` ends the run's sending; what has been sent is still recorded by the sinks that are well.
  func run(
    _ run: RunDescription, _ queue: ExchangeQueue, workers: Int = 1, now: () -> RunInstant, stop: () -> Void
  ) {
    tell(stop) { try $0.begin(run) }
    let readers = start(workers, reading: queue, stop)
    var nextTick = RunInstant.start + Self.tickInterval
    recording: while true {
      switch readers.next(within: min(nextTick - now(), Self.tickInterval)) {
      case .found(let batch): record(batch, queue, stop)
      case .nothing: break
      case .end: break recording
      }
      let at = now()
      if at >= nextTick {
        nextTick = at + Self.tickInterval
        tell(stop) { try $0.tick(at: at) }
      }
    }
    readers.join()
  }

  /// Tells the sinks what `body` says, leaving out those that fail.
  package func tell(_ stop: () -> Void = {}, _ body: (any RecordSink) throws -> Void) { sinks.tell(stop, body) }

  /// The first sink of a type, whether it is well or not.
  package func sink<Sink: RecordSink>(_ type: Sink.Type) -> Sink? { sinks.sink(type) }

  private func start(_ count: Int, reading queue: ExchangeQueue, _ stop: () -> Void) -> AnswerWorkers {
    let reader = AnswerReader(
      analyzer: analyzer, countTokens: countTokens, redactor: redactor, replies: queue.replies,
      digesters: sinks.digesters)
    // A plugin that sees whole responses, as one in another process does, sees them one batch after the other.
    let workers = AnswerWorkers(analyzer.finishesResponses ? min(1, count) : count, reader, queue)
    if let error = workers.error {
      sinks.note(error)
      stop()
    }
    return workers
  }

  private func record(_ batch: AnswerReader.Batch, _ queue: ExchangeQueue, _ stop: () -> Void) {
    peakBacklog = max(peakBacklog, queue.backlog)
    if let error = batch.error {
      sinks.note(error)
      stop()
    }
    sinks.tell(batch, stop)
    queue.settle(batch.ticket)
  }
}
