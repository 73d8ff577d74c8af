import LLMPerfExport

/// A run's name and the path of its database.
struct RunName {
  /// What the run is called, in W&B and in reports.
  let name: String
  /// The database's path.
  let databasePath: String

  /// `name` as given, or made of the model and the time. A slash of a model's name becomes an underscore; one of a given
  /// name leads to a folder.
  init(_ given: String?, model: String, now: Double = WallTime.now) {
    if let given {
      name = given
      databasePath = Self.hasDatabaseExtension(given) ? given : given + ".db"
    } else {
      name = "\(model)_\(WallTime.underscored(now))"
      databasePath = name.map { $0 == "/" ? "_" : String($0) }.joined() + ".db"
    }
  }

  /// The folder that the database lies in.
  var directory: String {
    databasePath.lastIndex(of: "/").map { String(databasePath[...$0]) } ?? "."
  }

  private static func hasDatabaseExtension(_ path: String) -> Bool {
    [".db", ".sqlite", ".sqlite3"].contains { path.lowercased().hasSuffix($0) }
  }
}
