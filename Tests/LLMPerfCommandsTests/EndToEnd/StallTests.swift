import LLMPerf
import LLMPerfSQLite
import Testing

/// A service that stands still for a while, under requests that go on arriving.
struct StallTests {
  private static let stall = Duration.milliseconds(600)

  private static func records(stall: Duration) throws -> (records: [RequestRecord], report: String) {
    let service = try EchoService(stall: stall)
    let tool = try Tool()
    let result = try tool.run([
      "perf", "--url", service.url + "/v1/chat/completions", "--model", "m", "--prompt", "hi", "-n", "150", "--rate",
      "150", "--max-in-flight", "4", "--seed", "7", "--goodput", "latency:300ms", "--no-probe", "--no-calibrate",
      "--name", "run",
    ])
    #expect(result.status == 0, "\(result.errors)")
    var records: [RequestRecord] = []
    try ResultReader(path: tool.path("run.db")).forEachRecord { records.append($0) }
    return (records.sorted { $0.index < $1.index }, result.output)
  }

  @Test
  func `a stall shows in the times from the schedule, and moves no due time`() throws {
    let (quiet, _) = try Self.records(stall: .zero)
    let (stalled, report) = try Self.records(stall: Self.stall)
    #expect(stalled.map(\.index) == Array(0..<150))
    #expect(stalled.map(\.dueAt) == quiet.map(\.dueAt))
    let half = Self.stall / 2
    // Those in flight are the only ones whose own latency can tell.
    let seenByLatency = stalled.count { ($0.latency ?? .zero) >= half }
    let seenBySchedule = stalled.count { ($0.responseTime ?? .zero) >= half }
    #expect(seenByLatency >= 1)
    // 300 ms at 150 a second.
    #expect(seenBySchedule >= 30)
    #expect(seenBySchedule > 4 * seenByLatency)
    #expect(report.contains("response time"))
  }
}
