import LLMPerf
import LLMPerfExport
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
        sendingEnded: saved?["sending_ended_seconds"]?.doubleValue.flatMap(Self.instant),
        maxInFlight: Self.option("max-in-flight", of: reader.run)?.intValue))
    let health = saved?["client"].map { ClientHealth($0) } ?? ClientHealth()
    result = RunResult(
      run: reader.run, summary: summary, verdict: reader.verdict ?? Verdict(summary, health: health), health: health)
  }

  /// The numbers of the run at `path`, for thresholds that name a baseline.
  ///
  /// - Throws: `UsageError` when it is none.
  static func baseline(_ path: String) throws -> RunSummary {
    guard Files.exists(path) else { throw UsageError("--baseline \(path) does not exist: give the database of a run") }
    do {
      return try SavedRun(path: path).result.summary
    } catch let error as DatabaseError {
      throw UsageError("--baseline: \(error)")
    }
  }

  /// One light row for each request.
  func rows(_ detail: ReportRow.Detail = .plain) throws -> [ReportRow] {
    try Self.rows(path, result, detail)
  }

  /// One light row for each request of the database at `path`.
  static func rows(_ path: String, _ result: RunResult, _ detail: ReportRow.Detail = .plain) throws -> [ReportRow] {
    var rows: [ReportRow] = []
    rows.reserveCapacity(result.summary.totalRequests)
    try ResultReader(path: path).forEachRecord(withBodies: detail == .whole) {
      rows.append(ReportRow($0, countedBy: result.summary.tokenSource, detail))
    }
    return rows
  }

  /// What the HTML report of the run at `path` is made of.
  static func page(_ path: String, _ result: RunResult, _ thresholds: ThresholdReport? = nil) throws -> HTMLReportInput
  {
    HTMLReportInput(
      result: result, rows: try rows(path, result), thresholds: thresholds,
      health: try ResultReader(path: path).health())
  }

  /// The instant so many seconds after a run's start; nil for what no run takes.
  private static func instant(_ seconds: Double) -> RunInstant? {
    guard 0...LoadOptions.mostSeconds ~= seconds else { return nil }
    return RunInstant(nanoseconds: Int64((seconds * 1e9).rounded()))
  }

  private static func option(_ name: String, of run: RunDescription) -> JSON? {
    run.configuration.first { $0.name == name }?.value
  }
}
