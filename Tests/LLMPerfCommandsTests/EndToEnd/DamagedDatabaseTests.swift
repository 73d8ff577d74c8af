import Foundation
import LLMPerf
import LLMPerfExport
import Testing

@testable import LLMPerfCommands
@testable import LLMPerfSQLite

/// Every column of every table, with values that do not belong there: whatever a file holds, no report of it ends the process.
struct DamagedDatabaseTests {
  /// Values as SQL writes them.
  static let values = [
    "NULL", "''", "'nan'", "'x'", "1e300", "-1e300", "9e999", "-9e999", "9223372036854775807", "-9223372036854775808",
    "-1", "-1e6", "9007199254740992", "9e6", "1e-300", "0", "x'00ff'", "'[1e300]'", "'[]'", "'[-1,\"a\",null]'",
    "'{\"a\":1e999}'", "'[[[['",
  ]

  private static func columns(_ database: Database) throws -> [(table: String, column: String)] {
    let statement = try database.prepare(
      """
      SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
      WHERE m.type = 'table' AND m.name IN ('result', 'run', 'health')
      """)
    var columns: [(String, String)] = []
    while try statement.step() { columns.append((statement.text(0) ?? "", statement.text(1) ?? "")) }
    return columns
  }

  /// Each column of `table`, damaged in the ways that `changes` gives as SQL, with what is to be done with the database.
  private static func damage(
    _ table: String, _ changes: [String], _ tool: Tool, _ then: (_ path: String, _ number: Int) throws -> Void
  ) throws {
    let (good, bad) = (tool.path("good.db"), tool.path("bad.db"))
    let names = try columns(Database(good, .write)).filter { $0.table == table }.map(\.column)
    try #require(names.count > 10)
    for (number, (column, change)) in names.flatMap({ name in changes.map { (name, $0) } }).enumerated() {
      try? FileManager.default.removeItem(atPath: bad)
      try FileManager.default.copyItem(atPath: good, toPath: bad)
      let database = try Database(bad, .write)
      try database.execute("UPDATE \(table) SET \(column) = \(change)")
      database.close()
      try then(bad, number)
    }
  }

  /// Another of `values` in each row.
  private static var oneOfEach: String {
    let cases = values.enumerated().map { "WHEN \($0.offset) THEN \($0.element)" }
    return "CASE rowid % \(values.count) \(cases.joined(separator: " ")) END"
  }

  /// A run with as many requests as there are values, and another of the same time.
  private static func makeTool() throws -> Tool {
    let tool = try Tool()
    try tool.saveStreams("good", count: values.count, startedAt: 1000)
    try tool.saveStreams("other", seed: 2, startedAt: 1000.5)
    return tool
  }

  private static func merge(_ path: String, _ tool: Tool) {
    try? FileManager.default.removeItem(atPath: tool.path("merged.db"))
    _ = try? MergedRun(paths: [path, tool.path("other.db")]).write(to: tool.path("merged.db"))
  }

  @Test
  func `no damaged value of a request ends a report, a comparison or a merge`() throws {
    let tool = try Self.makeTool()
    let good = try SavedRun(path: tool.path("good.db"))
    let baseline = try ComparableRun(good.result, rows: good.rows())
    try Self.damage("result", [Self.oneOfEach, "NULL", "-1e6"], tool) { path, number in
      // Of the columns whose rows hold one value each, every one is a page and a merged run; the others take turns.
      if number % 3 == 0 { try Self.report(path, against: baseline, way: 0) }
      if number % 3 == 0 { Self.merge(path, tool) }
      try Self.report(path, against: baseline, way: 1 + number % 4)
    }
  }

  @Test
  func `no damaged value of the client's health ends a page`() throws {
    let tool = try Self.makeTool()
    let good = try SavedRun(path: tool.path("good.db"))
    let baseline = try ComparableRun(good.result, rows: good.rows())
    try Self.damage("health", [Self.oneOfEach], tool) { path, _ in
      try Self.report(path, against: baseline, way: 0)
    }
  }

  @Test
  func `no damaged fact of a run ends a report or a merge`() throws {
    let tool = try Self.makeTool()
    let good = try SavedRun(path: tool.path("good.db"))
    let baseline = try ComparableRun(good.result, rows: good.rows())
    // The numbers among them: started_at, parallel and so on; texts are texts whatever they hold.
    try Self.damage("run", ["NULL", "1e300", "-9223372036854775808", "x'00ff'", "'{\"a\":1e999}'"], tool) {
      path, number in
      try Self.report(path, against: baseline, way: number)
      if number % 2 == 0 { Self.merge(path, tool) }
    }
  }

  /// Makes the report, and one of the other things that are made of a run. `Scripts/fuzz-databases.sh` tries all with all.
  private static func report(_ path: String, against baseline: ComparableRun, way: Int) throws {
    let saved = try SavedRun(path: path)
    let result = saved.result
    #expect(!TextReport.render(result).isEmpty)
    #expect(!JSONReport.make(result).utf8().isEmpty)
    switch way % 5 {
    case 0:
      let page = try HTMLReport.render(SavedRun.page(path, result))
      #expect(!page.isEmpty)
    case 1:
      let comparison = try RunComparison([baseline, ComparableRun(result, rows: saved.rows())])
      #expect(!ComparisonTextReport.render(comparison).isEmpty)
      #expect(!ComparisonJSONReport.render(comparison).isEmpty)
      let page = HTMLComparison.render(comparison, version: "1")
      #expect(!page.isEmpty)
    case 2:
      let rows = try saved.rows()
      try CSVExport.write(rows) { _ in }
      try JSONLinesExport.write(rows) { _ in }
      try TraceExport.write(rows, run: result.run) { _ in }
    case 3:
      let rows = try saved.rows(.whole)
      #expect(!VLLMBenchReport.render(result, rows: rows).isEmpty)
      #expect(!EvalScopeReport.summary(result, rows: rows).isEmpty)
      #expect(!EvalScopeReport.percentiles(result.summary, rows: rows).isEmpty)
    default:
      #expect(!MarkdownReport.render(result, thresholds: nil).isEmpty)
      #expect(!CSVExport.summary(result.summary).isEmpty)
    }
  }

  @Test(arguments: [
    ("result", "first_token_time = 1e300", 6), ("result", "ended_time = -1", 6), ("result", "due_time = 9e6", 6),
    ("result", "chunk_times = '[1e300]'", 12), ("result", "usage_output_tokens = 9223372036854775807", 6),
    ("result", "usage_output_tokens = -7", 6), ("result", "read_delay = 1e10", 6), ("result", "success = 'maybe'", 6),
    ("run", "started_at = 1e300", 1), ("result", "streamed = 'yes'", 6), ("result", "failure = x'00'", 6),
  ])
  func `damaged values are counted, left out and told`(table: String, change: String, count: Int) throws {
    let tool = try Tool()
    try tool.saveStreams("bad")
    let database = try Database(tool.path("bad.db"), .write)
    try database.execute("UPDATE \(table) SET \(change)")
    database.close()
    let result = try SavedRun(path: tool.path("bad.db")).result
    let reason = try #require(result.verdict.reasons.first { $0.code == "damaged-values" })
    let words = count == 1 ? "1 damaged value was left out" : "\(count) damaged values were left out"
    #expect(reason.level == .suspect && reason.message.hasPrefix(words), "\(reason.message)")
    #expect(result.summary.counts.total == 6)
    // No time or count is what no run can have.
    #expect((result.summary.times.latency.min ?? 0) >= 0 && (result.summary.times.latency.max ?? 0) < 1)
    #expect((result.summary.times.timeToFirstToken.min ?? 0) >= 0)
    #expect((result.summary.tokens.usageOutput ?? 0) >= 0 && (result.summary.tokens.usageOutput ?? 0) < 1000)
  }

  @Test
  func `a request of which only its failing is known is a failure`() throws {
    let tool = try Tool()
    try tool.saveStreams("bad")
    let database = try Database(tool.path("bad.db"), .write)
    try database.execute("UPDATE result SET success = 'False' WHERE rowid = 1")
    database.close()
    let summary = try SavedRun(path: tool.path("bad.db")).result.summary
    #expect(summary.counts.failed == 1)
    #expect(summary.failures.first?.code.description == "damaged")
  }
}
