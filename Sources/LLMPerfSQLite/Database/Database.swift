internal import CSQLite

/// An SQLite database, opened for one thread.
final class Database {
  private var handle: OpaquePointer?
  let path: String

  enum Mode {
    /// A new file; one that exists is an error.
    case create
    /// An existing file, to read.
    case read
  }

  /// Opens the database at `path`.
  init(_ path: String, _ mode: Mode) throws {
    self.path = path
    let flags =
      switch mode {
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_NOMUTEX
      case .read: SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
      }
    guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK else {
      let error = DatabaseError(path: path, message: message)
      sqlite3_close_v2(handle)
      throw error
    }
  }

  deinit {
    sqlite3_close_v2(handle)
  }

  /// Closes the database now.
  func close() {
    sqlite3_close_v2(handle)
    handle = nil
  }

  /// Runs statements that give no rows.
  func execute(_ sql: String) throws {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
  }

  /// Compiles a statement that is used many times.
  func prepare(_ sql: String) throws -> Statement {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil) == SQLITE_OK,
      let statement
    else { throw failure }
    return Statement(statement, of: self)
  }

  /// The error of the last call.
  var failure: DatabaseError { DatabaseError(path: path, message: message) }

  private var message: String { String(cString: sqlite3_errmsg(handle)) }
}

/// A database that cannot be opened, read or written.
package struct DatabaseError: Error, CustomStringConvertible {
  package let path: String
  package let message: String

  package var description: String { "database \(path): \(message)" }
}
