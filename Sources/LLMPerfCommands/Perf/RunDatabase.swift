import LLMPerf
import LLMPerfSQLite

/// The run's database as a sink: complete and closed when the run has ended, since others read it then.
final class RunDatabase: RunWitness, DigestingSink {
  let writer: ResultWriter
  /// Counts the tokens of the answers when the last one is there; nil where that was done before.
  private let countAfterwards: (([[UInt8]]) -> [Int?])?
  private let note: (String) -> Void

  /// The database that `writer` writes; `note` takes what the user should know, and is no mistake.
  init(
    _ writer: ResultWriter, countingAfterwards count: (([[UInt8]]) -> [Int?])?, note: @escaping (String) -> Void
  ) {
    self.writer = writer
    countAfterwards = count
    self.note = note
  }

  func begin(_ run: RunDescription) throws {
    try writer.begin(run)
  }

  func receive(_ records: [RequestRecord]) throws {
    try writer.receive(records)
  }

  func makeDigester() -> @Sendable ([RequestRecord]) -> [PreparedRow] { writer.makeDigester() }

  func receive(digest: [PreparedRow]) throws {
    try writer.receive(digest: digest)
  }

  func tick(at now: RunInstant) throws {
    try writer.tick(at: now)
  }

  func recount() throws -> RecordReplay? {
    guard let countAfterwards else { return nil }
    try writer.countOutputTokens(countAfterwards)
    let path = writer.path
    return { receive in try ResultReader(path: path).forEachRecord { receive([$0]) } }
  }

  /// What is to be said of answers that did not fit.
  var reasons: [Verdict.Reason] {
    guard writer.shortenedRows > 0 else { return [] }
    let requests = writer.shortenedRows == 1 ? "1 request" : "\(writer.shortenedRows) requests"
    return [
      .init(
        .valid, code: "texts-left-out",
        "texts of \(requests) are not in the database: a row holds a gigabyte; its table left_out tells which, and numbers are whole"
      )
    ]
  }

  func end(_ result: RunResult) throws {
    try writer.end(result)
    guard try !writer.close() else { return }
    note("\(writer.path) is open elsewhere: until that ends, \(writer.path)-wal belongs to it.")
  }
}
