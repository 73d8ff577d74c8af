import Glibc

/// The file of a run that is going on, from its making to its end.
///
/// It is made beside its name and gets the name with the run's first row in it, so that a name in use is a run that
/// began. When it is deleted or moved while the run goes on, it is written again: its content lives as long as it is open.
struct ResultFile {
  /// Limits that SQLite is to keep, below its own; tests reach these.
  struct Limits {
    /// Bytes that a whole row may have.
    var longestRow: Int?
    /// Pages that the file may have: one more, and the disk is full.
    var mostPages: Int?
  }

  /// The database's name.
  private(set) var path: String
  private(set) var database: Database
  private var identity: FileIdentity?
  /// Whether it has its name.
  private(set) var isNamed = false
  /// What happened to the file, in a sentence; nil while nothing has.
  private(set) var incident: String?

  private let limits: Limits

  /// Locks of others are waited for so long: backups, copies and readers of a huge database take seconds. Meanwhile records
  /// wait in memory, and how long shows in the lag of the database.
  private static let patience = Duration.seconds(60)
  /// Readers that hold the file open at the end keep its log in use; they have this long to leave.
  private static let patienceAtEnd = Duration.seconds(3)

  /// Makes the file with its tables, empty, beside `path`.
  ///
  /// - Throws: `DatabaseError` when `path` exists, or the file cannot be made.
  init(for path: String, limits: Limits = Limits()) throws {
    self.path = path
    self.limits = limits
    guard NewFile.isFree(path) else { throw DatabaseError(path: path, message: "it exists") }
    // What a run left that was killed before it began holds nothing.
    let unnamed = Self.unnamed(path)
    unlink(unnamed)
    try NewFile.make(unnamed)
    do {
      database = try Self.makeEmpty(unnamed)
    } catch {
      unlink(unnamed)
      throw DatabaseError(path: path, message: (error as? DatabaseError)?.message ?? "\(error)")
    }
    identity = FileIdentity(unnamed)
  }

  /// Puts the tables into the empty file at `path`.
  private static func makeEmpty(_ path: String) throws -> Database {
    let database = try Database(path, .write, patience: patience)
    // Pages of 32 KiB take rows of some KB in less than half the time of 4 KiB, and rows of some ten KB in two thirds.
    try database.execute(
      """
      PRAGMA page_size = 32768; PRAGMA journal_mode = MEMORY; PRAGMA user_version = \(ResultSchema.version);
      BEGIN; \(ResultSchema.createResult); \(ResultSchema.createRun); \(ResultSchema.createHealth);
      \(ResultSchema.createLeftOut); COMMIT
      """)
    return database
  }

  private static func unnamed(_ path: String) -> String { path + "-new" }

  /// Gives the file its name, which must be free still.
  mutating func name() throws {
    let unnamed = Self.unnamed(path)
    database.close()
    guard identity != nil, identity == FileIdentity(unnamed) else {
      throw DatabaseError(path: path, message: "another run of this name began at the same time; choose another name")
    }
    try NewFile.name(unnamed, path)
    isNamed = true
    try open()
  }

  private mutating func open() throws {
    database = try Database(path, .write, patience: Self.patience)
    identity = FileIdentity(path)
    if let longest = limits.longestRow { database.longestValue = longest }
    try database.execute(
      """
      PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 48; PRAGMA cache_size = -8192;
      PRAGMA temp_store = MEMORY
      """)
    if let most = limits.mostPages { try database.execute("PRAGMA max_page_count = \(most)") }
  }

  /// Whether the file still lies under its name.
  var isInPlace: Bool { identity == FileIdentity(isNamed ? path : Self.unnamed(path)) }

  /// Writes the database again under its name, or beside what took the name, and goes on with the copy. No transaction may
  /// be open, and no statement may be left.
  ///
  /// - Throws: `DatabaseError` when it cannot be written there; the database is as it was then, without a name.
  mutating func restore() throws {
    let isFree = NewFile.isFree(path)
    let name = isFree ? path : path + "-recovered"
    let unnamed = Self.unnamed(path)
    unlink(unnamed)
    do {
      try NewFile.make(unnamed)
      try database.execute(
        "VACUUM INTO '\(Database.plain(unnamed).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
      )
      try NewFile.name(unnamed, name)
    } catch {
      unlink(unnamed)
      let reason = (error as? DatabaseError)?.message ?? "\(error)"
      throw DatabaseError(
        path: path, message: "it was deleted or moved during the run, and cannot be written again: \(reason)")
    }
    // The file that was moved away shall be whole as well.
    try? database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    // The log of the file that is gone must not be taken for the new one's.
    if isFree { for suffix in ["-wal", "-shm"] { unlink(path + suffix) } }
    incident = "it was deleted or moved during the run; all of it has been written again, to \(name)"
    path = name
    try open()
  }

  /// Makes one file of the database, which every reader can open, and closes it.
  ///
  /// - Returns: Whether it is one file now: a reader that stays in it keeps a log beside it.
  mutating func finish() throws -> Bool {
    database.wait(Self.patienceAtEnd)
    defer { database.close() }
    do {
      return try database.text("PRAGMA journal_mode = DELETE") == "delete"
    } catch let error as DatabaseError where error.kind == .locked {
      return false
    }
  }

  /// Closes and removes the file.
  mutating func remove() {
    database.close()
    Self.remove(isNamed ? path : Self.unnamed(path))
  }

  /// Removes what a run that has not begun has made for `path`.
  static func removeUnnamed(_ path: String) { remove(unnamed(path)) }

  /// Removes the file `name`, with what SQLite keeps beside it.
  static func remove(_ name: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(name + suffix) }
  }
}
