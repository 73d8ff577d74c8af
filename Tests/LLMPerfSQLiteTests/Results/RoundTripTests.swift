import LLMPerf
import Testing

@testable import LLMPerfSQLite

struct RoundTripTests {
  /// Writes `records` and reads them back, with the reader.
  private static func roundTrip(
    _ records: [RequestRecord], saving saved: SavedBodies
  ) throws -> (records: [RequestRecord], reader: ResultReader) {
    let folder = try TemporaryFolder()
    let path = folder.path("run.db")
    let writer = try ResultWriter(path: path, saving: saved) { _ in "{}" }
    try writer.begin(.sample)
    try writer.receive(records)
    try writer.end(RunResult(run: .sample, summary: RunSummary(), verdict: Verdict(RunSummary())))
    try writer.close()
    #expect(writer.rowCount == records.count)
    let reader = try ResultReader(path: path)
    var read: [RequestRecord] = []
    try reader.forEachRecord(withBodies: true) { read.append($0) }
    return (read, reader)
  }

  /// All of a record but its bodies, as text.
  private static func measurements(_ record: RequestRecord) -> String {
    var record = record
    record.bodies = nil
    let text = String(reflecting: record)
    // What was planned is shared by reference, and a part of the text all the same.
    #expect(text.contains("promptHash: \(record.promptHash)"))
    return text
  }

  @Test(arguments: SavedBodies.allCases)
  func `records of every kind come back as they were`(saved: SavedBodies) throws {
    let records = try SampleExchanges.records(SampleExchanges.all)
    // The sample holds what it says: successes, failures of many classes, streams and plain bodies.
    #expect(Set(records.compactMap(\.failure?.code.description)).count >= 5)
    #expect(Set(records.map(\.isStreamed)).count == 2)
    #expect(records.contains { !$0.tokensPerEvent.isEmpty })
    let (read, _) = try Self.roundTrip(records, saving: saved)
    try #require(read.count == records.count)
    for (before, after) in zip(records, read) {
      #expect(Self.measurements(after) == Self.measurements(before))
    }
  }

  @Test
  func `a database of an earlier version, with fewer columns, is read as well`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("run.db")
    let writer = try ResultWriter(path: path, saving: .full) { _ in "{}" }
    try writer.begin(.sample)
    let records = try SampleExchanges.records(SampleExchanges.all)
    try writer.receive(records)
    var row = HealthRow()
    (row.time, row.threadCPU, row.stall) = (1.5, [("loop-0", 0.25)], 0.002)
    try writer.note(row)
    try writer.close()
    let now = try #require(try ResultReader(path: path).health().first)
    #expect(now["stall"]?.doubleValue == 0.002)
    #expect(now["thread_cpu"]?["loop-0"]?.doubleValue == 0.25)
    let older = try Database(path, .write)
    try older.execute(
      """
      ALTER TABLE result DROP COLUMN session; ALTER TABLE result DROP COLUMN turn;
      ALTER TABLE result DROP COLUMN class; ALTER TABLE result DROP COLUMN stage;
      ALTER TABLE result DROP COLUMN first_slack;
      ALTER TABLE result DROP COLUMN prompt_prefix_hash; ALTER TABLE health DROP COLUMN stall;
      ALTER TABLE health DROP COLUMN thread_cpu
      """)
    older.close()
    let reader = try ResultReader(path: path)
    var read: [RequestRecord] = []
    try reader.forEachRecord { read.append($0) }
    #expect(read.map(\.promptHash) == records.map(\.promptHash))
    #expect(read.allSatisfy { $0.promptPrefixHash == 0 && $0.firstSlack == nil })
    #expect(read.allSatisfy { $0.origin.session == $0.index && $0.origin.turn == 0 && $0.origin.class == nil })
    let before = try #require(try reader.health().first)
    #expect(before["time"]?.doubleValue == 1.5)
    #expect(before["stall"] == .null)
    #expect(before["thread_cpu"] == .null)
  }

  @Test
  func `records of recorded streams come back as they were`() throws {
    let records = try SampleExchanges.records(SampleExchanges.recorded.map(\.exchange))
    let (read, _) = try Self.roundTrip(records, saving: .full)
    #expect(read.map(Self.measurements) == records.map(Self.measurements))
  }

  /// What is kept of an event.
  private struct Event: Equatable {
    var name: String
    var data: String
    var at: RunInstant
    /// Upper case where the original tool knew it.
    var kind: UInt8

    init(_ event: RequestBodies.Event, of bodies: RequestBodies) {
      // Events that the original tool knew have no names in its protocol.
      let isClassic = event.meaning.contains(.classic)
      name = isClassic ? "" : String(decoding: bodies.response[event.name], as: UTF8.self)
      data = String(decoding: bodies.data(of: event), as: UTF8.self)
      at = event.at
      kind = EventKind.letter(of: event.meaning, isClassic: isClassic)
    }
  }

  @Test
  func `a database that keeps everything gives back every event, text and body`() throws {
    let records = try SampleExchanges.records(SampleExchanges.all + SampleExchanges.recorded.map(\.exchange))
    let (read, _) = try Self.roundTrip(records, saving: .full)
    for (before, after) in zip(records, read) {
      let (old, new) = (try #require(before.bodies), try #require(after.bodies))
      #expect(new.events.map { Event($0, of: new) } == old.events.map { Event($0, of: old) })
      #expect(String(decoding: new.text, as: UTF8.self) == String(decoding: old.text, as: UTF8.self))
      #expect(new.reasoning == old.reasoning)
      let plain = [old, new].map { bodies in bodies.plain.map { String(decoding: bodies.response[$0], as: UTF8.self) } }
      #expect(plain[0] == plain[1])
    }
  }

  @Test
  func `a database keeps what it was told to keep`() throws {
    let records = try SampleExchanges.records(SampleExchanges.all)
    for (saved, keepsText) in [(SavedBodies.text, true), (.none, false)] {
      let (read, _) = try Self.roundTrip(records, saving: saved)
      for (before, after) in zip(records, read) {
        let (old, new) = (try #require(before.bodies), try #require(after.bodies))
        #expect(
          String(decoding: new.text, as: UTF8.self) == (keepsText ? String(decoding: old.text, as: UTF8.self) : ""))
        #expect(new.reasoning == (keepsText ? old.reasoning : []))
        #expect(new.plain == nil)
        #expect(new.events.allSatisfy { $0.data.isEmpty && $0.name.isEmpty })
      }
    }
  }

  @Test
  func `the run's description comes back as it was`() throws {
    let run = try Self.roundTrip([], saving: .full).reader.run
    let sample = RunDescription.sample
    #expect(String(reflecting: run) == String(reflecting: sample))
  }

  @Test
  func `a saved run gives the summary of the live one`() throws {
    var exchanges: [FinishedExchange] = []
    let kinds = SampleExchanges.all
    for index in 0..<280 {
      var exchange = kinds[index % kinds.count]
      let shift = Int64(index / kinds.count) * 150_000_011
      let moved: (RunInstant?) -> RunInstant? = { $0.map { RunInstant(nanoseconds: $0.nanoseconds + shift) } }
      exchange.request.origin.index = index
      exchange.dueAt = moved(exchange.dueAt) ?? .start
      exchange.sentAt = moved(exchange.sentAt)
      exchange.connectStartedAt = moved(exchange.connectStartedAt)
      exchange.connectedAt = moved(exchange.connectedAt)
      exchange.headersAt = moved(exchange.headersAt)
      exchange.endedAt = moved(exchange.endedAt)
      exchange.arrivals = exchange.arrivals.map { .init(end: Int($0.end), at: moved($0.at) ?? .start) }
      exchanges.append(exchange)
    }
    let records = try SampleExchanges.records(exchanges)
    let live = SummaryBuilder()
    live.receive(records)
    for saved in SavedBodies.allCases {
      let again = SummaryBuilder()
      again.receive(try Self.roundTrip(records, saving: saved).records)
      #expect(try Self.report(again) == Self.report(live))
    }
  }

  private static func report(_ builder: SummaryBuilder) throws -> String {
    let summary = try builder.summary()
    return TextReport.render(RunResult(run: .sample, summary: summary, verdict: Verdict(summary)))
      + JSONReport.make(RunResult(run: .sample, summary: summary, verdict: Verdict(summary))).description
  }

  @Test
  func `what a tick committed can be read while the run goes on`() throws {
    let folder = try TemporaryFolder()
    let writer = try ResultWriter(path: folder.path("run.db"), saving: .full) { _ in "{}" }
    try writer.begin(.sample)
    try writer.receive(try SampleExchanges.records(SampleExchanges.all))
    try writer.tick(at: .start)
    let reader = try ResultReader(path: folder.path("run.db"))
    var count = 0
    try reader.forEachRecord { _ in count += 1 }
    #expect(count == SampleExchanges.all.count)
    #expect(!reader.isFinished)
    #expect(reader.verdict == nil)
    try writer.close()
  }

  @Test
  func `a database that exists is never written into`() throws {
    let folder = try TemporaryFolder()
    let writer = try ResultWriter(path: folder.path("run.db"), saving: .full) { _ in "{}" }
    try writer.begin(.sample)
    try writer.close()
    #expect(throws: DatabaseError.self) {
      try ResultWriter(path: folder.path("run.db"), saving: .full) { _ in "{}" }
    }
  }

  @Test
  func `what is no result database is refused by name`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("other.db")
    for arguments in [["-c", "open('\(path)', 'w').write('text' * 500)"], ["-c", Self.makeOtherDatabase(path)]] {
      #expect(try Python.run(arguments).status == 0)
      let error = #expect(throws: DatabaseError.self) { try ResultReader(path: path) }
      #expect(error?.description.contains(path) == true)
      #expect(error?.description.contains("not a result database of this tool") == true)
    }
  }

  private static func makeOtherDatabase(_ path: String) -> String {
    "import os, sqlite3; os.remove('\(path)'); sqlite3.connect('\(path)').execute('create table t (a)')"
  }
}
