/// The sinks of a run, told of everything in their order. One that fails is told of nothing more, and the others go on.
///
/// They belong to one thread at a time: the records thread while a run goes on, and whoever asked for the run before and
/// after it.
package final class RecordSinks {
  private var entries: [(sink: any RecordSink, isWell: Bool)]
  /// What went wrong in sinks, and in what else made the records: one error of each; empty while all is well.
  package private(set) var errors: [any Error] = []

  /// These sinks, in this order.
  package init(_ sinks: [any RecordSink]) {
    entries = sinks.map { ($0, true) }
  }

  /// Puts `sink` before the others.
  func insertFirst(_ sink: any RecordSink) {
    entries.insert((sink, true), at: 0)
  }

  /// Tells the sinks what `body` says, leaving out those that fail; `stop` is called for each that does.
  package func tell(_ stop: () -> Void = {}, _ body: (any RecordSink) throws -> Void) {
    for place in entries.indices { tell(place, stop, body) }
  }

  /// Tells each sink of a batch, with what its digester made of it.
  func tell(_ batch: AnswerReader.Batch, _ stop: () -> Void) {
    for place in entries.indices { tell(place, stop) { try $0.receive(batch.records, batch.digests[place]) } }
  }

  private func tell(_ place: Int, _ stop: () -> Void, _ body: (any RecordSink) throws -> Void) {
    guard entries[place].isWell else { return }
    do {
      try body(entries[place].sink)
    } catch {
      note(error)
      entries[place].isWell = false
      stop()
    }
  }

  /// What workers do for each sink, in the sinks' order; nil for one that has no work for them, or is not told any more.
  var digesters: [RecordDigester?] { entries.map { $0.isWell ? $0.sink.digester : nil } }

  /// Whether every sink of a type has taken all that it was told.
  package func isWell<Sink: RecordSink>(_ type: Sink.Type) -> Bool {
    entries.allSatisfy { $0.isWell || !($0.sink is Sink) }
  }

  /// The first sink of a type, whether it is well or not.
  package func sink<Sink: RecordSink>(_ type: Sink.Type) -> Sink? {
    for entry in entries {
      if let sink = entry.sink as? Sink { return sink }
    }
    return nil
  }

  /// Those that have a say in the result, whether they are well or not.
  var witnesses: [any RunWitness] { entries.compactMap { $0.sink as? any RunWitness } }

  func note(_ error: any Error) {
    // A plugin that is gone says so for every batch, and one broken file in more than one sink.
    guard !errors.contains(where: { "\($0)" == "\(error)" }) else { return }
    errors.append(error)
  }
}
