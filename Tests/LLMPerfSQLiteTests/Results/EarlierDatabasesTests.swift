import Foundation
import LLMPerf
import LLMPerfSQLite
import Testing

/// Databases that earlier versions wrote, as SQL: closed loops of six requests, one of them a warm-up, and open loops in
/// which some requests failed. What is read of them is held against what SQLite itself finds there.
struct EarlierDatabasesTests {
  private static let names = ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"].flatMap {
    ["\($0)-closed", "\($0)-open"]
  }

  /// Makes the database `name` in `folder`; returns its path, and the sums that SQLite finds in it.
  private static func make(_ name: String, in folder: TemporaryFolder) throws -> (path: String, sums: [String]) {
    let script = """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[2])
      db.executescript(open(sys.argv[1], encoding="utf-8").read())
      query = '''
        SELECT count(*), sum(success = 'True'), sum(phase = 'warmup'), sum(usage_output_tokens),
          sum(length(output_text)), sum(event_count), sum(failure = 'http-500'),
          printf('%.6f', sum(first_token_time - sent_time)), printf('%.6f', sum(ended_time - sent_time)) FROM result'''
      print(*(value or 0 for value in db.execute(query).fetchone()))
      """
    let source = Bundle.module.bundleURL.appending(path: "Fixtures/databases/\(name).sql").path
    let path = folder.path("\(name).db")
    let result = try Python.run(["-c", script, source, path])
    #expect(result.errors == "")
    return (path, result.output.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  @Test(arguments: names)
  func `every number of a database of an earlier version is read as it stands`(name: String) throws {
    let folder = try TemporaryFolder()
    let (path, sums) = try Self.make(name, in: folder)
    let reader = try ResultReader(path: path)
    var records: [RequestRecord] = []
    try reader.forEachRecord(withBodies: true) { records.append($0) }
    let firsts = records.compactMap { record in record.firstTokenAt.map { $0.seconds - (record.sentAt?.seconds ?? 0) } }
    let ends = records.compactMap { record in record.endedAt.map { $0.seconds - (record.sentAt?.seconds ?? 0) } }
    #expect(
      sums == [
        "\(records.count)", "\(records.count { $0.succeeded })", "\(records.count { $0.phase == .warmup })",
        "\(records.compactMap(\.usage.output).reduce(0, +))",
        "\(records.compactMap(\.bodies?.text.count).reduce(0, +))", "\(records.map(\.eventCount).reduce(0, +))",
        "\(records.count { $0.failure?.code == .httpStatus(500) })",
        String(format: "%.6f", firsts.reduce(0, +)), String(format: "%.6f", ends.reduce(0, +)),
      ])
    #expect(reader.isFinished && reader.damagedValues == 0)
    #expect(reader.run.version == "1.0.0")
    #expect(reader.verdict?.level == .suspect)
    // What a version did not know is unknown, and not zero.
    let knowsSlack = name >= "2026-11-26"
    #expect(records.allSatisfy { ($0.firstSlack != nil) == (knowsSlack && $0.firstTokenAt != nil) })
    #expect(records.allSatisfy { $0.remarks.isEmpty && $0.origin.class == nil && $0.origin.stage == nil })
    // Each of their requests was a session of its own.
    #expect(records.allSatisfy { $0.origin.session == $0.index && $0.origin.turn == 0 })
    // Events without output were not told apart at first.
    let meanings = Set(records.flatMap { $0.bodies?.events ?? [] }.map { $0.meaning.subtracting(.classic) })
    #expect(meanings.isSuperset(of: [.choices, .usage]) == (name >= "2026-11-27"))
    #expect(meanings.contains(.bookkeeping) == (name < "2026-11-27"))
  }
}
