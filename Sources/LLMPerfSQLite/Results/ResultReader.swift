import Glibc
public import LLMPerf

/// Reads a result database back: what the run was, and its records one by one. Works on the database of a run that was
/// cut off too.
///
/// Values that cannot be, such as times beyond any run, are left out and counted.
public final class ResultReader {
  private let database: Database
  /// What the run was.
  public let run: RunDescription
  /// Whether the run's start by the wall clock is known.
  package let knowsStart: Bool
  /// Whether the run came to its end.
  public let isFinished: Bool
  /// The verdict of a run that came to its end.
  public let verdict: Verdict?
  /// The JSON report that the run was saved with, if it came to its end.
  public let savedSummary: JSON?
  /// How many values of the records read last, and of the run's description, could not be what they should and were left
  /// out.
  public private(set) var damagedValues: Int
  private let damagedInRun: Int

  /// Opens the database at `path`.
  ///
  /// - Throws: `DatabaseError` when it cannot be read, or holds no run of this tool.
  public init(path: String) throws {
    database = try Self.open(path)
    do {
      let version = try database.text("PRAGMA user_version").flatMap { Int($0) } ?? 0
      guard version <= ResultSchema.version else {
        throw DatabaseError(
          path: path,
          message: "it has form \(version), and this version of the tool reads forms up to \(ResultSchema.version)")
      }
      let present = try Self.columns(of: "run", in: database)
      guard !present.isEmpty else { throw DatabaseError(path: path, message: "it has no table 'run'") }
      let columns = ResultSchema.runColumns.map { present.contains($0) ? $0 : "NULL" }
      let statement = try database.prepare("SELECT \(columns.joined(separator: ", ")) FROM run")
      guard try statement.step() else { throw DatabaseError(path: path, message: "it holds no run") }
      var values = StoredValues(statement)
      (run, knowsStart) = Self.description(&values)
      // A run that ended says so; anything else has been cut off.
      isFinished = values.whole(15) == 0
      savedSummary = values.text(14).flatMap { try? JSON($0) }
      let level = values.word(12, as: Verdict.Level.self)
      let reasons = Self.reasons(values.text(13) ?? "[]")
      verdict = level.map { _ in Verdict(reasons: reasons) }
      damagedInRun = values.damaged
      damagedValues = values.damaged
    } catch let error as DatabaseError {
      throw DatabaseError(path: path, message: "not a result database of this tool: \(error.message)")
    }
  }

  /// Opens the database at `path` to read. One of a version that left its log behind, in a folder that may not be written,
  /// is opened as a file that does not change, where its log is empty or gone.
  private static func open(_ path: String) throws -> Database {
    var status = stat()
    guard stat(path, &status) == 0 else { throw DatabaseError(path: path, message: String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw DatabaseError(path: path, message: "it is no file") }
    guard status.st_size > 0 else {
      throw DatabaseError(path: path, message: "not a result database of this tool: it is empty")
    }
    do {
      let database = try Database(path, .write)
      _ = try database.text("PRAGMA schema_version")
      return database
    } catch let error as DatabaseError where error.kind == .other {
      throw DatabaseError(path: path, message: "not a result database of this tool: \(error.message)")
    } catch let error as DatabaseError where error.kind == .cannotOpen {
      let hasLog = stat(path + "-wal", &status) == 0 && status.st_size > 0
      if hasLog {
        throw DatabaseError(
          path: path,
          message: "its last rows lie in \(path)-wal, which can be read only where both files may be written: copy both"
        )
      }
      guard let database = try? Database(path, .immutable), (try? database.text("PRAGMA schema_version")) != nil else {
        throw error
      }
      return database
    }
  }

  /// Calls `body` with each record, in the order in which the requests ended. Bodies come where the database keeps them.
  public func forEachRecord(withBodies: Bool = false, _ body: (RequestRecord) throws -> Void) throws {
    try forEachRow(withBodies: withBodies) { row in try body(row.record(withBodies: withBodies)) }
  }

  /// Calls `body` with each record, without bodies, and the bodies as they stand in the row.
  package func forEachStoredRecord(_ body: (RequestRecord, StoredBodies) throws -> Void) throws {
    try forEachRow(withBodies: true) { row in
      let (record, bodies) = row.storedRecord()
      try body(record, bodies)
    }
  }

  private func forEachRow(withBodies: Bool, _ body: (inout RowDecoder) throws -> Void) throws {
    damagedValues = damagedInRun
    let present = try Self.columns(of: "result", in: database)
    guard !present.isEmpty else {
      throw DatabaseError(path: database.path, message: "not a result database of this tool: it has no table 'result'")
    }
    let columns = ResultSchema.columns.map { name in
      present.contains(name) && (withBodies || !ResultSchema.bodyColumns.contains(name)) ? name : "NULL"
    }
    let statement = try database.prepare("SELECT \(columns.joined(separator: ", ")) FROM result ORDER BY rowid")
    while try statement.step() {
      var row = RowDecoder(statement)
      try body(&row)
      damagedValues += row.damaged
    }
  }

  /// The client's own state, once a second, as JSON objects. Values that cannot be are null.
  public func health() throws -> [JSON] {
    let present = try Self.columns(of: "health", in: database)
    guard !present.isEmpty else { return [] }
    let names = ResultSchema.healthColumns
    let columns = names.map { present.contains($0) ? $0 : "NULL" }
    let statement = try database.prepare("SELECT \(columns.joined(separator: ", ")) FROM health ORDER BY time")
    var rows: [JSON] = []
    while try statement.step() {
      var values = StoredValues(statement)
      rows.append(
        .object(
          names.indices.map { place in
            let value =
              names[place] == "thread_cpu"
              ? values.text(place).flatMap { try? JSON($0) } ?? .null : .double(values.number(place))
            return JSON.Member(names[place], value)
          }))
    }
    return rows
  }

  /// The names of a table's columns: a database of an earlier version has fewer.
  private static func columns(of table: String, in database: Database) throws -> Set<String> {
    let statement = try database.prepare("SELECT name FROM pragma_table_info('\(table)')")
    var names: Set<String> = []
    while try statement.step() { names.insert(statement.text(0) ?? "") }
    return names
  }

  /// The latest start that is believed: the year 5138.
  private static let latestStart = 1e11

  private static func description(_ row: inout StoredValues) -> (run: RunDescription, knowsStart: Bool) {
    var start = row.number(8)
    if let value = start, !(0...latestStart ~= value) { start = row.leaveOut() }
    let configuration = members(row.text(9))
    let run = RunDescription(
      name: row.text(0) ?? "", configuration: configuration, model: row.text(1) ?? "", api: row.text(2) ?? "",
      url: row.text(3) ?? "", load: load(parallel: row.count(4), configuration), expectedRequests: row.count(5),
      seed: row.text(6).flatMap { UInt64($0) } ?? 0, wallClockStart: start ?? 0, version: row.text(7) ?? "",
      machine: members(row.text(10)), arguments: strings(row.text(11)))
    return (run, start != nil)
  }

  /// The load that the column `parallel` and the options tell; arrivals are not known where there is no option for them.
  private static func load(parallel: Int?, _ configuration: [(name: String, value: JSON)]) -> Load {
    if let parallel { return .closedLoop(parallel: parallel) }
    func option(_ name: String) -> JSON? { configuration.last { $0.name == name }?.value }
    let arrivals = option("rate")?.doubleValue.flatMap { ArrivalProcesses.make(rate: $0) }
    let cap = option("max-in-flight")?.intValue.flatMap { 1...TokenUsage.largestCount ~= $0 ? $0 : nil }
    return Load(.openLoop(ArrivalStages(arrivals.map { [.init($0)] } ?? [])), maxInFlight: cap)
  }

  private static func members(_ text: String?) -> [(name: String, value: JSON)] {
    guard let json = try? JSON(text ?? "{}") else { return [] }
    return (json.members ?? []).map { ($0.key, $0.value) }
  }

  private static func strings(_ text: String?) -> [String] {
    guard let json = try? JSON(text ?? "[]") else { return [] }
    return (json.arrayValue ?? []).compactMap(\.stringValue)
  }

  private static func reasons(_ text: String) -> [Verdict.Reason] {
    guard let json = try? JSON(text) else { return [] }
    return (json.arrayValue ?? []).compactMap { reason in
      guard let level = reason["level"]?.stringValue.flatMap(Verdict.Level.init(rawValue:)) else { return nil }
      return Verdict.Reason(level, code: reason["code"]?.stringValue ?? "", reason["message"]?.stringValue ?? "")
    }
  }
}
