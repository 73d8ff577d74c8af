import LLMPerf
import Testing

@testable import LLMPerfSQLite

struct MergeTests {
  @Test
  func `shards become one run on one clock, with exact percentiles`() throws {
    let tool = try Tool()
    try tool.save("b", startedAt: 1000.5, [(0, 0.4), (1, 0.1)])
    try tool.save("a", startedAt: 1000, [(0, 0.2), (0.25, 0.3), (2, 0.5)])
    let result = try tool.run("merge", "-o", "all.db", "b.db", "a.db")
    #expect(result.status == 0, "\(result.errors)")
    let reader = try ResultReader(path: tool.path("all.db"))
    #expect(reader.isFinished && reader.run.parallel == 4 && reader.run.wallClockStart == 1000)
    var records: [RequestRecord] = []
    try reader.forEachRecord { records.append($0) }
    #expect(records.map(\.index) == Array(0..<5))
    // Half a second later on the first shard's clock.
    #expect(
      records.compactMap(\.sentAt?.nanoseconds).sorted() == [0, 250_000_000, 500_000_000, 1_500_000_000, 2_000_000_000])
    let report = try JSON(tool.run("report", "all.db", "--format", "json").output)
    #expect(report["latency_seconds"]?["count"]?.intValue == 5)
    #expect(report["latency_seconds"]?["p50"]?.doubleValue == 0.3)
    #expect(report["latency_seconds"]?["max"]?.doubleValue == 0.5)
  }

  @Test(arguments: [
    (["a.db"], "merge joins two databases or more"), (["a.db", "none.db"], "none.db does not exist"),
    (["a.db", "other.db"], "a and other are not shards of one run: model or API differ"),
    (["a.db", "copy.db"], "a.db and copy.db hold the same run: give each shard once"),
    (["a.db", "a.db"], "a.db and a.db hold the same run"),
  ])
  func `what is no run in shards is refused, and nothing is made`(databases: [String], message: String) throws {
    let tool = try Tool()
    try tool.save("a", [(0, 0.2)])
    try tool.save("copy", [(0, 0.2)])
    try tool.save("other", model: "n", seed: 2, [(0, 0.2)])
    let before = try tool.files
    let result = try tool.run(["merge", "-o", "all.db"] + databases)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("llmuses: \(message)"), "\(result.errors)")
    #expect(try tool.files == before)
  }

  @Test
  func `a database that is there is not written into`() throws {
    let tool = try Tool()
    try tool.save("a", [(0, 0.2)])
    try tool.save("b", seed: 2, [(0, 0.2)])
    let result = try tool.run("merge", "-o", "a.db", "a.db", "b.db")
    #expect(result.status == 2 && result.errors.contains("the database a.db exists"))
  }

  @Test
  func `bodies, requests never sent and objectives are carried`() throws {
    let tool = try Tool()
    try tool.saveStreams("a", parallel: nil, neverSent: 3)
    try tool.saveStreams("b", seed: 2, startedAt: 1000.25, parallel: nil, neverSent: 4)
    let result = try tool.run("merge", "-o", "all.db", "a.db", "b.db")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Due before sending ended, and never sent: 7"))
    let report = try JSON(tool.run("report", "all.db", "--format", "json").output)
    #expect(report["requests"]?["never_sent"]?.intValue == 7)
    // All 12 are quick enough, of 19 that were due.
    #expect(report["objectives"]?[0]?["attainment"]?.doubleValue == 12.0 / 19)
    for column in ["request", "response_messages", "event_kinds", "other_events", "output_text", "reasoning_text"] {
      let all = try tool.column(column, of: ["all.db"])
      #expect(try all == tool.column(column, of: ["a.db", "b.db"]), "\(column)")
      #expect(all.count == 12)
    }
    // The second part's events are a quarter of a second later on the common clock.
    #expect(try tool.column("chunk_times", of: ["all.db"])[6] == "[0.35,0.36,0.38,0.4,0.42,0.44]")
  }

  @Test
  func `the wait for requests that were cut is in no run time of the whole`() throws {
    let tool = try Tool()
    try tool.saveStreams("a", sendingEnded: 1)
    try tool.saveStreams("b", seed: 2, startedAt: 1000.25, sendingEnded: 1)
    #expect(try tool.run("merge", "-o", "all.db", "a.db", "b.db").status == 0)
    let report = try JSON(tool.run("report", "all.db", "--format", "json").output)
    #expect(report["requests"]?["cut"]?.intValue == 2)
    // The first request left after 10 ms; the second part ended sending after 1.25 s.
    #expect(report["run_time_seconds"]?.doubleValue == 1.24)
  }

  @Test
  func `the first waves of all parts are no lag`() throws {
    let tool = try Tool()
    try tool.saveStreams("a")
    try tool.saveStreams("b", seed: 2, startedAt: 1000.25)
    #expect(try tool.run("merge", "-o", "all.db", "a.db", "b.db").status == 0)
    let report = try JSON(tool.run("report", "all.db", "--format", "json").output)
    // Of six requests each, two are of the first wave.
    #expect(report["start_lag_seconds"]?["count"]?.intValue == 8)
  }

  @Test
  func `runs one after the other are no parts of one run`() throws {
    let tool = try Tool()
    try tool.saveStreams("a")
    try tool.saveStreams("b", seed: 2, startedAt: 1001)
    let result = try tool.run("merge", "-o", "all.db", "a.db", "b.db")
    #expect(result.status == 2)
    #expect(result.errors.contains("were not sent at the same time"), "\(result.errors)")
    #expect(try tool.files == ["a.db", "b.db"])
  }

  @Test
  func `a closed and an open loop are no parts of one run`() throws {
    let tool = try Tool()
    try tool.saveStreams("a")
    try tool.saveStreams("b", seed: 2, parallel: nil)
    let result = try tool.run("merge", "-o", "all.db", "a.db", "b.db")
    #expect(result.status == 2 && result.errors.contains("one is a closed loop and one an open loop"))
  }

  @Test
  func `parts that were asked other things, or overlapped little, are marked`() throws {
    let tool = try Tool()
    try tool.saveStreams("a", configuration: [("prompt", "x")])
    try tool.saveStreams("b", seed: 2, startedAt: 1000.5, configuration: [("prompt", "y")])
    let result = try tool.run("merge", "-o", "all.db", "a.db", "b.db")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("SUSPECT (parts-differ): the parts were not asked the same: prompt differ"))
    #expect(result.output.contains("SUSPECT (parts-apart): all parts were sending for 10.7 % of the time only"))
    #expect(result.output.contains("Verdict: SUSPECT"))
  }

  @Test
  func `a part whose start is not known is refused`() throws {
    let tool = try Tool()
    try tool.saveStreams("a")
    try tool.saveStreams("b", seed: 2)
    let database = try Database(tool.path("b.db"), .write)
    try database.execute("UPDATE run SET started_at = 1e300")
    database.close()
    let result = try tool.run("merge", "-o", "all.db", "a.db", "b.db")
    #expect(result.status == 2 && !result.wasKilled)
    #expect(result.errors.contains("b.db does not tell when it began"), "\(result.errors)")
  }
}

extension Tool {
  /// A column of the table `result` of databases, one after the other.
  fileprivate func column(_ name: String, of databases: [String]) throws -> [String?] {
    try databases.flatMap { file in
      let statement = try Database(path(file), .write).prepare("SELECT \(name) FROM result ORDER BY rowid")
      var values: [String?] = []
      while try statement.step() { values.append(statement.text(0)) }
      return values
    }
  }
}
