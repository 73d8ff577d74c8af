package import LLMPerf

/// The sink that writes every request into an SQLite database.
///
/// Rows are inserted in transactions that end at least every 250 ms; what was committed survives the end of the process,
/// however it comes. In WAL mode without syncing, since a power failure is not what a load test has to survive. Workers make
/// the rows; here they are only bound and inserted.
package final class ResultWriter: RecordSink {
  var file: ResultFile
  private var rows: RowWriter?
  private var makers: RowMakers
  private let saved: SavedBodies
  private let summary: (RunResult) -> String
  /// What the open transaction holds.
  private var pending = PendingRows()
  private let clock = ContinuousClock()
  /// A moment of the run, and when it was by `clock`.
  private var lastTick = (at: RunInstant.start, clock: ContinuousClock.now)
  /// Whether writing has failed for good.
  private var hasFailed = false
  /// The longest time from a request's end to its row being committed.
  package private(set) var longestLag: Duration = .zero
  /// Rows written so far.
  package private(set) var rowCount = 0
  /// Requests of which something could not be stored; the table `left_out` tells what.
  package private(set) var shortenedRows = 0
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
    makers = RowMakers(saving: saved, isClassicOnly: true, longestRow: file.database.longestValue)
  }

  /// What happened to the file during the run, in a sentence; nil when nothing did.
  package var incident: String? { file.incident.map { "database \(name): \($0)" } }

  /// The name that the database was to have.
  private let name: String
  /// Where the database is: beside its name, when something else took that.
  package var path: String { file.path }

  package func begin(_ run: RunDescription) throws {
    try RunRow.insert(run, into: file.database)
    try file.name()
    lastTick = (.start, clock.now)
    rows = try RowWriter(file.database)
    makers = RowMakers(
      saving: saved, isClassicOnly: run.api == "openai" || run.api == "zhipu",
      longestRow: file.database.longestValue)
  }

  package func receive(_ records: [RequestRecord]) throws {
    try receive(digest: makers.rows(of: records))
  }

  /// Writes a record of another database with its bodies as they are there.
  package func receive(_ record: RequestRecord, _ stored: StoredBodies) throws {
    try insert(makers.row(of: record, stored))
  }

  private func insert(_ row: PreparedRow) throws {
    if pending.isEmpty {
      // At once, not with the first row: a lock that is only wanted later may come too late for what was read before.
      do { try file.database.execute("BEGIN IMMEDIATE") } catch { throw failure(error) }
      pending.begin(at: clock.now)
    }
    pending.append(row)
    rowCount += 1
    do {
      try write(row)
    } catch {
      try writeOneByOne(after: error)
    }
    if pending.bytes >= Self.mostBytes { try commit() }
  }

  private func write(_ row: PreparedRow) throws {
    try rows?.write(row)
    if !row.leftOut.isEmpty {
      shortenedRows += 1
      pending.shortened += 1
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
    try RunRow.update(to: result, summary: summary(result), in: file.database)
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

  /// Whether a database can be made at `path`: nothing has that name, not even a link to nothing.
  package static func isFree(_ path: String) -> Bool { NewFile.isFree(path) }

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
    if let oldest = pending.oldestEnd {
      longestLag = max(longestLag, lastTick.at + (clock.now - lastTick.clock) - oldest)
    }
    pending.removeAll()
  }

  /// Gives up the transaction and writes its rows again, each for itself: on a full disk as many of them as it takes.
  ///
  /// - Throws: `error`, with how many rows are kept, when not all could be written.
  private func writeOneByOne(after error: any Error) throws {
    if file.database.isInTransaction { try? file.database.execute("ROLLBACK") }
    // The log's place on the disk is free afterwards.
    try? file.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    var kept = 0
    shortenedRows -= pending.shortened
    pending.shortened = 0
    do {
      for row in pending.rows {
        try write(row)
        kept += 1
      }
      pending.removeRows()
    } catch let next {
      rowCount -= pending.rows.count - kept
      pending.removeRows()
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
    defer { rows = try? RowWriter(file.database) }
    try file.restore()
  }
}

extension ResultWriter: DigestingSink {
  package func makeDigester() -> @Sendable ([RequestRecord]) -> [PreparedRow] {
    { [makers] in makers.rows(of: $0) }
  }

  package func receive(digest: [PreparedRow]) throws {
    for row in digest { try insert(row) }
    if !pending.isEmpty, clock.now - pending.begun >= Self.longestTransaction { try commit() }
  }
}
