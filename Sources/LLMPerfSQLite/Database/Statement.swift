internal import CSQLite

/// A compiled statement: bind, step, read, reset. Parameters are bound in order, columns are counted from 0.
final class Statement {
  private let handle: OpaquePointer
  private let database: Database
  private var position: Int32 = 0
  /// Why a parameter could not be bound; told when the statement runs.
  private var bindingFailure: DatabaseError?

  /// The storage class of a value.
  enum Kind {
    case null, integer, real, text, blob
  }

  /// SQLite copies what is bound with this.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ handle: OpaquePointer, of database: Database) {
    self.handle = handle
    self.database = database
  }

  deinit {
    sqlite3_finalize(handle)
  }

  func bindNull() {
    position += 1
    check(sqlite3_bind_null(handle, position))
  }

  func bind(_ value: Int?) {
    position += 1
    check(value.map { sqlite3_bind_int64(handle, position, Int64($0)) } ?? sqlite3_bind_null(handle, position))
  }

  func bind(_ value: Double?) {
    position += 1
    check(value.map { sqlite3_bind_double(handle, position, $0) } ?? sqlite3_bind_null(handle, position))
  }

  func bind(_ value: String?) {
    guard var value else { return bindNull() }
    position += 1
    value.withUTF8 { bind($0, releasedBy: Self.transient) }
  }

  /// Binds text without copying it. `text` must live until `run()`.
  func bind(borrowing text: UnsafeBufferPointer<UInt8>) {
    position += 1
    bind(text, releasedBy: nil)
  }

  private func bind(_ text: UnsafeBufferPointer<UInt8>, releasedBy destructor: sqlite3_destructor_type?) {
    text.withMemoryRebound(to: CChar.self) { characters in
      check(
        sqlite3_bind_text64(
          handle, position, characters.baseAddress, UInt64(characters.count), destructor, UInt8(SQLITE_UTF8)))
    }
  }

  private func check(_ result: Int32) {
    if result != SQLITE_OK, bindingFailure == nil { bindingFailure = database.failure }
  }

  /// Runs the statement, which gives no rows, and makes it ready for the next parameters.
  ///
  /// - Throws: `DatabaseError`, also when one of the parameters could not be bound; nothing has been run then.
  func run() throws {
    defer { reset() }
    if let bindingFailure { throw bindingFailure }
    guard sqlite3_step(handle) == SQLITE_DONE else { throw database.failure }
  }

  /// Moves to the next row; false when there is none.
  func step() throws -> Bool {
    if let bindingFailure { throw bindingFailure }
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw database.failure
    }
  }

  func reset() {
    sqlite3_reset(handle)
    position = 0
    bindingFailure = nil
  }

  func kind(_ column: Int) -> Kind {
    switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    case SQLITE_TEXT: .text
    case SQLITE_BLOB: .blob
    default: .null
    }
  }

  private func isNull(_ column: Int) -> Bool { kind(column) == .null }

  func int(_ column: Int) -> Int? {
    isNull(column) ? nil : Int(sqlite3_column_int64(handle, Int32(column)))
  }

  func double(_ column: Int) -> Double? {
    isNull(column) ? nil : sqlite3_column_double(handle, Int32(column))
  }

  func text(_ column: Int) -> String? {
    bytes(column).map { String(decoding: $0, as: UTF8.self) }
  }

  func bytes(_ column: Int) -> [UInt8]? {
    guard !isNull(column) else { return nil }
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    guard let blob = sqlite3_column_blob(handle, Int32(column)) else { return [] }
    return Array(UnsafeRawBufferPointer(start: blob, count: count))
  }
}
