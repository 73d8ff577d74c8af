/// The tables of a result database.
///
/// `ResultColumn.all` makes `result`. Times are seconds since the run's start on the monotonic clock, absent ones null.
enum ResultSchema {
  /// The columns of `result`, in order.
  static let columns = ResultColumn.all.flatMap(\.names)

  /// Columns that only whole bodies need.
  static let bodyColumns: Set = [
    "request", "response_messages", "other_events", "response_body", "output_text", "reasoning_text",
  ]

  static var createResult: String { "CREATE TABLE result (\(columns.joined(separator: ", ")))" }

  static var insertResult: String {
    let places = repeatElement("?", count: columns.count).joined(separator: ", ")
    return "INSERT INTO result VALUES (\(places))"
  }

  /// One row: what the run was, and how it ended. The last columns are null until it has.
  static let runColumns = [
    "name", "model", "api", "url", "parallel", "expected_requests", "seed", "version", "started_at", "configuration",
    "machine", "arguments", "verdict", "verdict_reasons", "summary", "partial",
  ]

  static var createRun: String { "CREATE TABLE run (\(runColumns.joined(separator: ", ")))" }

  /// What could not be stored: one row for each value of `result` that is null for that reason.
  static let createLeftOut = "CREATE TABLE left_out (request_index, name, bytes)"
  static let insertLeftOut = "INSERT INTO left_out VALUES (?, ?, ?)"

  /// The form of these tables, as `PRAGMA user_version` keeps it. It grows when an older reader would misread a newer file;
  /// new columns and tables are no reason.
  static let version = 1

  /// The client's own state, once a second.
  static let healthColumns = [
    "time", "sent", "ended", "in_flight", "loop_cpu", "process_cpu", "longest_stall", "peak_ready", "backlog",
    "database_lag", "resident_memory", "stall", "schedule_lag", "socket_backlog", "thread_cpu",
  ]

  static var createHealth: String { "CREATE TABLE health (\(healthColumns.joined(separator: ", ")))" }
}
