import LLMPerf
import Testing

@testable import LLMPerfExport

struct QueryLogTests {
  private let lines = Notes()

  @Test
  func `writes the original's keys every so many requests`() throws {
    let lines = lines
    try SyntheticRun(25).play(to: QueryLog(every: 10) { lines.add($0) }, batch: 7)
    #expect(lines.all.count == 2)
    let keys = lines.all[0].split(separator: ", ").map { $0.prefix { $0 != ":" } }
    #expect(
      keys == [
        "Time", "concurrency", "completed", "succeed", "failed", "qps", "latency", "time to first token",
        "throughput(output tokens per second)", "time per output token", "package per request", "time per package",
        "input tokens per request", "output tokens per request",
      ])
    #expect(lines.all[1].contains(", concurrency: 4, completed: 20, succeed: 16, failed: 4, qps: "))
    #expect(lines.all.allSatisfy { $0.hasSuffix("\n") })
  }

  @Test
  func `a value that does not exist is n a, never minus one`() {
    var averages = ClassicAverages(concurrency: nil)
    for record in SyntheticRun(4).records where !record.succeeded { averages.add(record) }
    let line = QueryLog.line(averages)
    #expect(line.contains("failed: 1, qps: n/a, latency: n/a") && line.contains("concurrency: n/a"))
  }

  @Test
  func `zero writes nothing`() throws {
    let lines = lines
    try SyntheticRun(25).play(to: QueryLog(every: 0) { lines.add($0) })
    #expect(lines.all.isEmpty)
  }
}
