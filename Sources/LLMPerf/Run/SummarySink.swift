/// The sink that adds a run up.
final class SummarySink: RecordSink {
  let builder: SummaryBuilder

  init(_ builder: SummaryBuilder) {
    self.builder = builder
  }

  func receive(_ records: [RequestRecord]) {
    builder.receive(records)
  }
}
