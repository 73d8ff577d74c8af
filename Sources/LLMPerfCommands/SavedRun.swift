import LLMPerf
import LLMPerfSQLite

/// A run read back from its database, added up again.
struct SavedRun {
  let result: RunResult
  let path: String

  /// Reads the run at `path`.
  ///
  /// - Throws: `DatabaseError` when it holds no run of this tool.
  init(path: String) throws {
    self.path = path
    let reader = try ResultReader(path: path)
    let objectives = (Self.option("goodput", of: reader.run)?.arrayValue ?? []).compactMap { limit in
      limit.stringValue.flatMap { try? ServiceLevelObjective(parsing: $0) }
    }
    let builder = SummaryBuilder(objectives: objectives)
    try reader.forEachRecord { builder.receive([$0]) }
    let saved = reader.savedSummary
    let summary = try builder.summary(
      SummaryOptions(
        isOpenLoop: reader.run.parallel == nil, isPartial: !reader.isFinished,
        neverSentRequests: saved?["requests"]?["never_sent"]?.intValue ?? 0,
        maxInFlight: Self.option("max-in-flight", of: reader.run)?.intValue))
    let health = saved?["client"].map { ClientHealth($0) } ?? ClientHealth()
    result = RunResult(
      run: reader.run, summary: summary, verdict: reader.verdict ?? Verdict(summary, health: health), health: health)
  }

  /// One light row for each request.
  func rows() throws -> [ReportRow] {
    try Self.rows(path, result)
  }

  /// One light row for each request of the database at `path`.
  static func rows(_ path: String, _ result: RunResult) throws -> [ReportRow] {
    var rows: [ReportRow] = []
    rows.reserveCapacity(result.summary.totalRequests)
    try ResultReader(path: path).forEachRecord {
      rows.append(ReportRow($0, countedBy: result.summary.tokenSource))
    }
    return rows
  }

  private static func option(_ name: String, of run: RunDescription) -> JSON? {
    run.configuration.first { $0.name == name }?.value
  }
}
