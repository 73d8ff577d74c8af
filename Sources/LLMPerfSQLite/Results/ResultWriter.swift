package import LLMPerf

/// The sink that writes every request into an SQLite database.
///
/// Rows are inserted in transactions that end at least every 250 ms; what was committed survives the end of the process,
/// however it comes. In WAL mode without syncing, since a power failure is not what a load test has to survive.
package final class ResultWriter: RecordSink {
  private var file: ResultFile
  private var rows: RowWriter?
  private let saved: SavedBodies
  private let summary: (RunResult) -> String
  private var isClassicOnly = true
  /// What the open transaction holds: should it fail, its rows are written again one by one.
  private var pending: [(record: RequestRecord, stored: StoredBodies?)] = []
  private var transactionBytes = 0
  private var transactionStart = ContinuousClock.now
  private let clock = ContinuousClock()
  /// A moment of the run, and when it was by `clock`.
  private var lastTick = (at: RunInstant.start, clock: ContinuousClock.now)
  private var oldestPending: RunInstant?
  /// Whether writing has failed for good.
  private var hasFailed = false
  /// The longest time from a request's end to its row being committed.
  package private(set) var longestLag: Duration = .zero
  /// Rows written so far.
  package private(set) var rowCount = 0
  /// Requests of which something could not be stored; the table `left_out` tells what.
  package private(set) var shortenedRows = 0
  private var shortenedPending = 0
  /// When to try again to bring back a file that is gone.
  private var nextRestore: RunInstant?

  private static let longestTransaction = Duration.milliseconds(200)
  /// Bytes of rows per transaction. With the checkpoint behind every second or so of them, the log stays small enough
  /// for the processor's cache; a large one costs a third more.
  private static let mostBytes = 768 << 10
  private static let restoreInterval = Duration.seconds(5)

  /// Creates the database at `path`, which appears there when the run begins. `summary` makes the JSON text that the table
  /// `run` keeps of the result.
  ///
  /// - Throws: `DatabaseError` when the file exists, or cannot be made.
  package convenience init(path: String, saving saved: SavedBodies, summary: @escaping (RunResult) -> String) throws {
    try self.init(path: path, saving: saved, limits: ResultFile.Limits(), summary: summary)
  }

  /// The same within `limits`.
  init(
    path: String, saving saved: SavedBodies, limits: ResultFile.Limits, summary: @escaping (RunResult) -> String
  ) throws {
    name = path
    self.saved = saved
    self.summary = summary
    file = try ResultFile(for: path, limits: limits)
  }

  /// What happened to the file during the run, in a sentence; nil when nothing did.
  package var incident: String? { file.incident.map { "database \(name): \($0)" } }

  /// The name that the database was to have.
  private let name: String
  /// Where the database is: beside its name, when something else took that.
  package var path: String { file.path }

  package func begin(_ run: RunDescription) throws {
    isClassicOnly = run.api == "openai" || run.api == "zhipu"
    try insert(run)
    try file.name()
    lastTick = (.start, clock.now)
    rows = try makeRows()
  }

  private func insert(_ run: RunDescription) throws {
    let statement = try file.database.prepare(
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

  private func makeRows() throws -> RowWriter {
    try RowWriter(file.database, saving: saved, isClassicOnly: isClassicOnly)
  }

  package func receive(_ records: [RequestRecord]) throws {
    for record in records { try receive(record, nil) }
    if !pending.isEmpty, clock.now - transactionStart >= Self.longestTransaction { try commit() }
  }

  /// Writes a record of another database with its bodies as they are there.
  package func receive(_ record: RequestRecord, _ stored: StoredBodies?) throws {
    if pending.isEmpty {
      // At once, not with the first row: a lock that is only wanted later may come too late for what was read before.
      do { try file.database.execute("BEGIN IMMEDIATE") } catch { throw failure(error) }
      transactionStart = clock.now
      transactionBytes = 0
      shortenedPending = 0
    }
    pending.append((record, stored))
    rowCount += 1
    oldestPending = min(oldestPending ?? .max, record.endedAt ?? .max)
    do {
      try write(record, stored)
    } catch {
      try writeOneByOne(after: error)
    }
    transactionBytes += (rows?.bytesOfRow ?? 0) + 1024
    if transactionBytes >= Self.mostBytes { try commit() }
  }

  private func write(_ record: RequestRecord, _ stored: StoredBodies?) throws {
    if try rows?.write(record, stored).isEmpty == false {
      shortenedRows += 1
      shortenedPending += 1
    }
  }

  package func tick(at now: RunInstant) throws {
    lastTick = (now, clock.now)
    try commit()
    guard !file.isInPlace, nextRestore.map({ $0 <= now }) ?? true else { return }
    // Until it can be written again nothing is lost, as long as the process lives.
    nextRestore = now + Self.restoreInterval
    try? restore()
  }

  /// Adds a row to the table of the client's own state.
  package func note(_ row: HealthRow) throws {
    let places = repeatElement("?", count: ResultSchema.healthColumns.count).joined(separator: ", ")
    let statement = try file.database.prepare("INSERT INTO health VALUES (\(places))")
    row.bind(to: statement)
    do { try statement.run() } catch { throw failure(error) }
  }

  package func end(_ result: RunResult) throws {
    try commit()
    let statement = try file.database.prepare(
      "UPDATE run SET verdict = ?, verdict_reasons = ?, summary = ?, partial = ?")
    statement.bind(result.verdict.level.rawValue)
    let reasons = result.verdict.reasons.map { reason -> JSON in
      ["level": .string(reason.level.rawValue), "code": .string(reason.code), "message": .string(reason.message)]
    }
    statement.bind(JSON.array(reasons).description)
    statement.bind(summary(result))
    statement.bind(result.summary.isPartial ? 1 : 0)
    try statement.run()
  }

  /// Commits what is pending and makes one file of the database, without a log. After a failure, which has been told, it
  /// only closes it; a run that never began leaves no file.
  ///
  /// - Returns: Whether it is one file: where others stay in it, its log `NAME-wal` belongs to it until they leave.
  @discardableResult
  package func close() throws -> Bool {
    guard file.isNamed else {
      discard()
      return true
    }
    if hasFailed {
      try? commit()
      rows = nil
      _ = try? file.finish()
      return true
    }
    try commit()
    if !file.isInPlace { try restore() }
    rows = nil
    return try file.finish()
  }

  /// Removes the database: for a run that never began.
  package func discard() {
    rows = nil
    file.remove()
  }

  /// Removes what a run that has not begun has made for a database at `path`, for a process that leaves at once.
  package static func removeUnbegun(_ path: String) { ResultFile.removeUnnamed(path) }

  /// Removes a database that is ours alone, whether its run has begun or not.
  package static func remove(_ path: String) {
    ResultFile.remove(path)
    ResultFile.removeUnnamed(path)
  }

  /// Commits what is pending.
  package func commit() throws {
    guard !pending.isEmpty else { return }
    do {
      // Where SQLite gave the transaction up by itself, there is nothing that could be committed.
      guard file.database.isInTransaction else {
        throw DatabaseError(path: file.path, message: "a transaction ended by itself")
      }
      try file.database.execute("COMMIT")
    } catch {
      try writeOneByOne(after: error)
    }
    noteLag()
    pending.removeAll(keepingCapacity: true)
  }

  private func noteLag() {
    if let oldestPending, oldestPending != .max {
      longestLag = max(longestLag, lastTick.at + (clock.now - lastTick.clock) - oldestPending)
    }
    oldestPending = nil
  }

  /// Gives up the transaction and writes its rows again, each for itself: on a full disk as many of them as it takes.
  ///
  /// - Throws: `error`, with how many rows are kept, when not all could be written.
  private func writeOneByOne(after error: any Error) throws {
    if file.database.isInTransaction { try? file.database.execute("ROLLBACK") }
    // The log's place on the disk is free afterwards.
    try? file.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    var kept = 0
    shortenedRows -= shortenedPending
    shortenedPending = 0
    do {
      for (record, stored) in pending {
        try write(record, stored)
        kept += 1
      }
      pending.removeAll(keepingCapacity: true)
    } catch let next {
      rowCount -= pending.count - kept
      pending.removeAll()
      throw failure((next as? DatabaseError) ?? error)
    }
  }

  /// `error` as the one that ends the writing, with what is kept.
  private func failure(_ error: any Error) -> DatabaseError {
    hasFailed = true
    let cause = error as? DatabaseError
    return DatabaseError(
      path: file.path, kind: cause?.kind ?? .other,
      message: "\(cause?.message ?? "\(error)"); the first \(rowCount) requests are in it")
  }

  private func restore() throws {
    rows = nil
    defer { rows = try? makeRows() }
    try file.restore()
  }

  /// Counts the tokens of every answer that the database keeps, and notes the counts; `count` gets many texts at a time.
  package func countOutputTokens(_ count: ([[UInt8]]) -> [Int?]) throws {
    try commit()
    let select = try file.database.prepare(
      "SELECT rowid, output_text, reasoning_text FROM result WHERE success = 'True' AND rowid > ? ORDER BY rowid LIMIT 256"
    )
    let update = try file.database.prepare(
      """
      UPDATE result SET counted_output_tokens = ?1, completion_tokens = coalesce(usage_output_tokens, ?1)
      WHERE rowid = ?2
      """)
    var last = 0
    while true {
      var rows: [(id: Int, text: [UInt8])] = []
      select.bind(last)
      while try select.step() { rows.append((select.int(0) ?? 0, (select.bytes(1) ?? []) + (select.bytes(2) ?? []))) }
      select.reset()
      guard let end = rows.last?.id else { return }
      last = end
      try file.database.execute("BEGIN IMMEDIATE")
      for (row, tokens) in zip(rows, count(rows.map(\.text))) {
        update.bind(tokens)
        update.bind(row.id)
        try update.run()
      }
      try file.database.execute("COMMIT")
    }
  }
}
