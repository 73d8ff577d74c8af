import LLMPerfExport

/// A run's name and the path of its database.
struct RunName {
  /// What the run is called, in W&B and in reports.
  let name: String
  /// The database's path.
  let databasePath: String

  /// The bytes of a model's name that a file's name takes. With time, ending, and what SQLite puts behind (`-journal`), the
  /// name has 143 bytes at most: the shortest limit of a file system that people use (eCryptfs; elsewhere it is 255).
  private static let longestModel = 104

  /// `name` as given, or made of the model and the time. A given name's slash leads to a folder; a model's name gives the
  /// file's name as far as it can be one.
  init(_ given: String?, model: String, now: Double = WallTime.now) {
    if let given {
      name = given
      databasePath = Self.hasDatabaseExtension(given) ? given : given + ".db"
    } else {
      let time = WallTime.underscored(now)
      name = "\(model)_\(time)"
      databasePath = "\(Self.fileName(of: model))_\(time).db"
    }
  }

  /// The folder that the database lies in.
  var directory: String {
    databasePath.lastIndex(of: "/").map { String(databasePath[...$0]) } ?? "."
  }

  /// The beginning of `model`, whole characters, with an underscore for each one that a file's name must not have or begin
  /// with: a slash, a control, the dot of hidden files, the hyphen of options.
  private static func fileName(of model: String) -> String {
    var name = ""
    for character in model {
      let isUnfit =
        character == "/" || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        || name.isEmpty && (character == "." || character == "-")
      let text = isUnfit ? "_" : String(character)
      guard name.utf8.count + text.utf8.count <= longestModel else { break }
      name += text
    }
    return name
  }

  private static func hasDatabaseExtension(_ path: String) -> Bool {
    [".db", ".sqlite", ".sqlite3"].contains { path.lowercased().hasSuffix($0) }
  }
}
