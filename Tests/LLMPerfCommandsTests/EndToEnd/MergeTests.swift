import LLMPerf
import LLMPerfSQLite
import Testing

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
}
