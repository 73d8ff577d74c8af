internal import CSQLite

/// An SQLite database, opened for one thread.
final class Database {
  private var handle: OpaquePointer?
  let path: String
  private(set) var patience: Duration

  /// What a database is opened for.
  enum Mode {
    /// To write into a file that exists; SQLite falls back to reading where it may not be written.
    case write
    /// To read from a file that nobody writes to: neither its log nor its locks are looked at.
    case immutable
  }

  /// Opens the database at `path`, which exists. Where others hold a lock, it is waited for as long as `patience`.
  init(_ path: String, _ mode: Mode, patience: Duration = .seconds(5)) throws {
    self.path = path
    self.patience = patience
    let opened =
      switch mode {
      case .write: sqlite3_open_v2(Self.plain(path), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
      case .immutable:
        sqlite3_open_v2(
          "file:\(Self.escaped(path))?immutable=1", &handle,
          SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, nil)
      }
    guard opened == SQLITE_OK else {
      let error = failure
      sqlite3_close_v2(handle)
      handle = nil
      throw error
    }
    wait(patience)
  }

  deinit {
    sqlite3_close_v2(handle)
  }

  /// Waits for others' locks as long as `patience` from now on.
  func wait(_ patience: Duration) {
    self.patience = patience
    sqlite3_busy_timeout(handle, Int32(clamping: patience.components.seconds * 1000))
  }

  /// Closes the database now. Its statements must be gone.
  func close() {
    sqlite3_close_v2(handle)
    handle = nil
  }

  /// Runs statements that give no rows.
  func execute(_ sql: String) throws {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
  }

  /// The first value of the first row that `sql` gives; nil when it gives none.
  func text(_ sql: String) throws -> String? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Compiles a statement that is used many times.
  func prepare(_ sql: String) throws -> Statement {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
      let statement
    else { throw failure }
    return Statement(statement, of: self)
  }

  /// Whether a transaction is open: SQLite ends one by itself when the disk is full.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// The most bytes that a value, or a whole row, may have.
  var longestValue: Int {
    get { Int(sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, -1)) }
    set { sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Int32(clamping: newValue)) }
  }

  /// The error of the last call.
  var failure: DatabaseError {
    DatabaseError(
      path: path,
      code: sqlite3_extended_errcode(handle), systemError: sqlite3_system_errno(handle),
      text: String(cString: sqlite3_errmsg(handle)), patience: patience)
  }

  /// `path` as what SQLite takes for a path: some builds read what begins like an URI as one, whatever they are asked.
  static func plain(_ path: String) -> String { path.hasPrefix("file:") ? "./" + path : path }

  /// `path` as a part of an URI.
  private static func escaped(_ path: String) -> String {
    path.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "%"): "%25"
      case UInt8(ascii: "?"): "%3f"
      case UInt8(ascii: "#"): "%23"
      default: String(UnicodeScalar(byte))
      }
    }.joined()
  }
}
