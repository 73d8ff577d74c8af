import LLMPerf

/// The one row of the table `run`: what the run was, and how it ended.
enum RunRow {
  /// Writes what is known of a run before its first request.
  static func insert(_ run: RunDescription, into database: Database) throws {
    let statement = try database.prepare(
      "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, 1)")
    statement.bind(run.name)
    statement.bind(run.model)
    statement.bind(run.api)
    statement.bind(run.url)
    statement.bind(run.parallel)
    statement.bind(run.expectedRequests)
    statement.bind(String(run.seed))
    statement.bind(run.version)
    statement.bind(run.wallClockStart)
    statement.bind(JSON.object(run.configuration.map { JSON.Member($0.name, $0.value) }).description)
    statement.bind(JSON.object(run.machine.map { JSON.Member($0.name, $0.value) }).description)
    statement.bind(JSON.array(run.arguments.map { .string($0) }).description)
    try statement.run()
  }

  /// Writes how it ended.
  static func update(to result: RunResult, summary: String, in database: Database) throws {
    let statement = try database.prepare(
      "UPDATE run SET verdict = ?, verdict_reasons = ?, summary = ?, partial = ?")
    statement.bind(result.verdict.level.rawValue)
    let reasons = result.verdict.reasons.map { reason -> JSON in
      ["level": .string(reason.level.rawValue), "code": .string(reason.code), "message": .string(reason.message)]
    }
    statement.bind(JSON.array(reasons).description)
    statement.bind(summary)
    statement.bind(result.summary.isPartial ? 1 : 0)
    try statement.run()
  }
}
