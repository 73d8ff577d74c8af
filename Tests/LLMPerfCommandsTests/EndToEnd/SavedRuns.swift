import LLMPerf
import LLMPerfSQLite

extension Tool {
  /// Puts the database of a run that never was into the folder: requests sent at given seconds, each with a given latency.
  func save(
    _ name: String, model: String = "m", seed: UInt64 = 1, startedAt: Double = 1000,
    _ requests: [(sent: Double, latency: Double)]
  ) throws {
    let run = RunDescription(
      name: name, configuration: [], model: model, api: "openai", url: "http://host", parallel: 2,
      expectedRequests: requests.count, seed: seed, wallClockStart: startedAt, version: "1", machine: [], arguments: [])
    let database = try ResultWriter(path: path(name + ".db"), saving: .full) { _ in "{}" }
    let builder = SummaryBuilder()
    try database.begin(run)
    for (index, request) in requests.enumerated() {
      var record = RequestRecord(index: index, dueAt: Self.instant(request.sent))
      record.sentAt = record.dueAt
      record.endedAt = Self.instant(request.sent + request.latency)
      record.status = 200
      record.usage = TokenUsage(input: 3, output: 5)
      builder.receive([record])
      try database.receive([record])
    }
    let summary = try builder.summary(SummaryOptions(isOpenLoop: false))
    try database.end(RunResult(run: run, summary: summary, verdict: Verdict()))
    try database.close()
  }

  private static func instant(_ seconds: Double) -> RunInstant {
    RunInstant(nanoseconds: Int64((seconds * 1e9).rounded()))
  }
}
