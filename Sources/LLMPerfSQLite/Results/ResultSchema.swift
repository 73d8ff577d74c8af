/// The tables of a result database.
///
/// `result` begins with the original tool's twelve columns, in its order and encodings; then come ours. Times are seconds
/// since the run's start on the monotonic clock, absent ones null.
enum ResultSchema {
  /// The original tool's columns.
  static let classicColumns = [
    "request", "start_time", "chunk_times", "success", "response_messages", "completed_time", "latency",
    "first_chunk_latency", "n_chunks", "chunk_time", "prompt_tokens", "completion_tokens",
  ]

  /// Our columns, in order.
  static let ownColumns = [
    "request_index", "phase", "due_time", "sent_time", "connect_start_time", "connected_time", "headers_time",
    "first_event_time", "first_token_time", "first_visible_time", "last_token_time", "ended_time", "streamed",
    "event_kinds", "other_times", "other_events", "response_body", "output_text", "reasoning_text", "status", "failure",
    "failure_message", "finish_reason", "usage_input_tokens", "usage_output_tokens", "usage_reasoning_tokens",
    "usage_cached_tokens", "counted_input_tokens", "counted_output_tokens", "tokens_per_event", "prompt_length",
    "prompt_hash", "output_length", "input_count", "reused_connection", "retried", "kernel_stamped", "read_delay",
    "bytes_sent", "bytes_received", "event_count", "prompt_prefix_hash", "remarks", "first_slack",
  ]

  static let columns = classicColumns + ownColumns

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
