public import LLMPerf

/// Reads a result database back: what the run was, and its records one by one. Works on the database of a run that was
/// cut off too.
public final class ResultReader {
  private let database: Database
  /// What the run was.
  public let run: RunDescription
  /// Whether the run came to its end.
  public let isFinished: Bool
  /// The verdict of a run that came to its end.
  public let verdict: Verdict?
  /// The JSON report that the run was saved with, if it came to its end.
  public let savedSummary: JSON?

  /// Opens the database at `path`.
  ///
  /// - Throws: `DatabaseError` when it cannot be read, or holds no run of this tool.
  public init(path: String) throws {
    database = try Database(path, .read)
    let statement: Statement
    do {
      statement = try database.prepare("SELECT \(ResultSchema.runColumns.joined(separator: ", ")) FROM run")
      guard try statement.step() else { throw DatabaseError(path: path, message: "it holds no run") }
    } catch let error as DatabaseError {
      throw DatabaseError(path: path, message: "not a result database of this tool (\(error.message))")
    }
    run = Self.description(statement)
    isFinished = statement.int(15) == 0
    savedSummary = statement.text(14).flatMap { try? JSON($0) }
    verdict = statement.text(12).flatMap(Verdict.Level.init(rawValue:)).map { _ in
      Verdict(reasons: Self.reasons(statement.text(13) ?? "[]"))
    }
  }

  /// Calls `body` with each record, in the order in which the requests ended. Bodies come where the database keeps them.
  public func forEachRecord(withBodies: Bool = false, _ body: (RequestRecord) throws -> Void) throws {
    let present = try columns(of: "result")
    let columns = ResultSchema.columns.map { name in
      present.contains(name) && (withBodies || !ResultSchema.bodyColumns.contains(name)) ? name : "NULL"
    }
    let statement = try database.prepare("SELECT \(columns.joined(separator: ", ")) FROM result ORDER BY rowid")
    while try statement.step() { try body(RowDecoder(statement).record(withBodies: withBodies)) }
  }

  /// The client's own state, once a second, as JSON objects.
  public func health() throws -> [JSON] {
    let present = try columns(of: "health")
    let names = ResultSchema.healthColumns
    let columns = names.map { present.contains($0) ? $0 : "NULL" }
    let statement = try database.prepare("SELECT \(columns.joined(separator: ", ")) FROM health ORDER BY time")
    var rows: [JSON] = []
    while try statement.step() {
      rows.append(
        .object(
          names.indices.map { place in
            let value =
              names[place] == "thread_cpu"
              ? statement.text(place).flatMap { try? JSON($0) } ?? .null : .double(statement.double(place))
            return JSON.Member(names[place], value)
          }))
    }
    return rows
  }

  /// The names of a table's columns: a database of an earlier version has fewer.
  private func columns(of table: String) throws -> Set<String> {
    let statement = try database.prepare("SELECT name FROM pragma_table_info('\(table)')")
    var names: Set<String> = []
    while try statement.step() { names.insert(statement.text(0) ?? "") }
    return names
  }

  private static func description(_ row: Statement) -> RunDescription {
    RunDescription(
      name: row.text(0) ?? "", configuration: members(row.text(9)), model: row.text(1) ?? "", api: row.text(2) ?? "",
      url: row.text(3) ?? "", parallel: row.int(4), expectedRequests: row.int(5),
      seed: row.text(6).flatMap { UInt64($0) } ?? 0, wallClockStart: row.double(8) ?? 0, version: row.text(7) ?? "",
      machine: members(row.text(10)), arguments: strings(row.text(11)))
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
