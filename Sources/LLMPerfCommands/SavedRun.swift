import LLMPerf
import LLMPerfExport
import LLMPerfSQLite

/// A run read back from its database, added up again.
struct SavedRun {
  let result: RunResult
  let path: String
  /// What is to be said of values of the database that cannot be what they should, and are in no number.
  let reasonsOfDamage: [Verdict.Reason]

  /// Reads the run at `path`.
  ///
  /// - Throws: `DatabaseError` when it holds no run of this tool.
  init(path: String) throws {
    self.path = path
    let reader = try ResultReader(path: path)
    let builder = SummaryBuilder(objectives: reader.run.objectives)
    try reader.forEachRecord { builder.receive([$0]) }
    var options = SummaryOptions(
      isOpenLoop: reader.run.load.isOpenLoop, isPartial: !reader.isFinished,
      neverSentRequests: reader.neverSentRequests, sendingEnded: reader.sendingEnded,
      maxInFlight: reader.run.load.maxInFlight, firstWaves: reader.run.firstWaves)
    options.skippedRequests = reader.skippedRequests
    let summary = try builder.summary(options)
    let health = reader.savedSummary?["client"].map { ClientHealth($0) } ?? ClientHealth()
    reasonsOfDamage = reader.reasonsOfDamage
    let verdict = reader.verdict ?? Verdict(summary, health: health)
    result = RunResult(
      run: reader.run, summary: summary, verdict: Verdict(reasons: verdict.reasons + reasonsOfDamage),
      health: health)
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
    rows.reserveCapacity(result.summary.counts.total)
    try ResultReader(path: path).forEachRecord(withBodies: detail == .whole) {
      rows.append(ReportRow($0, countedBy: result.summary.tokens.source, detail))
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
}

extension ResultReader {
  /// Requests that were due, and that no row tells of.
  var neverSentRequests: Int { savedCount("never_sent") }

  /// Requests whose sessions ended before them, and that no row tells of.
  var skippedRequests: Int { savedCount("skipped") }

  private func savedCount(_ name: String) -> Int {
    (savedSummary?["requests"]?[name]?.intValue).flatMap { 0...TokenUsage.largestCount ~= $0 ? $0 : nil } ?? 0
  }

  /// What the values that were left out mean for the records read last.
  var reasonsOfDamage: [Verdict.Reason] {
    guard damagedValues > 0 else { return [] }
    let values = damagedValues == 1 ? "1 damaged value was" : "\(damagedValues) damaged values were"
    return [
      .init(
        .suspect, code: "damaged-values",
        "\(values) left out: the database has been changed since the run, or was not written whole")
    ]
  }
}

extension RunDescription {
  /// The limits that the run's requests were to keep.
  var objectives: [ServiceLevelObjective] {
    (option("goodput")?.arrayValue ?? []).compactMap { limit in
      limit.stringValue.flatMap { try? ServiceLevelObjective(parsing: $0) }
    }
  }

  /// When the first waves of a closed loop were due: one wave, or one for each part of a merged run.
  var firstWaves: Set<RunInstant> {
    let parts = (option(Self.mergedFrom)?.arrayValue ?? []).compactMap { part in
      part["offset_seconds"]?.doubleValue.flatMap { RunInstant(checking: $0) }
    }
    return parts.isEmpty ? [.start] : Set(parts)
  }

  /// The entry in a merged run's configuration that tells its parts.
  static let mergedFrom = "merged-from"

  /// The option called `name`; nil when the run does not tell it.
  func option(_ name: String) -> JSON? { configuration.last { $0.name == name }?.value }
}

extension ResultReader {
  /// When sending ended before the requests ran out; nil when it did not, or the run was not finished.
  var sendingEnded: RunInstant? {
    savedSummary?["sending_ended_seconds"]?.doubleValue.flatMap { RunInstant(checking: $0) }
  }
}
