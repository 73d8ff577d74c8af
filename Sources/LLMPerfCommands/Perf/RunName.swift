import Glibc

/// A run's name and the path of its database.
struct RunName {
  /// What the run is called, in W&B and in reports.
  let name: String
  /// The database's path.
  let databasePath: String

  /// `name` as given, or made of the model and the time. A slash of a model's name becomes an underscore; one of a given
  /// name leads to a folder.
  init(_ given: String?, model: String, now: timeval = .now) {
    if let given {
      name = given
      databasePath = Self.hasDatabaseExtension(given) ? given : given + ".db"
    } else {
      name = "\(model)_\(Self.stamp(now))"
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

  /// Local time as `2025_01_31_23_59_59_123456`.
  private static func stamp(_ time: timeval) -> String {
    var seconds = time.tv_sec
    var parts = tm()
    localtime_r(&seconds, &parts)
    let fields: [(Int32, Int)] = [
      (parts.tm_year + 1900, 4), (parts.tm_mon + 1, 2), (parts.tm_mday, 2), (parts.tm_hour, 2), (parts.tm_min, 2),
      (parts.tm_sec, 2), (Int32(time.tv_usec), 6),
    ]
    return fields.map { value, width in
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }.joined(separator: "_")
  }
}

extension timeval {
  /// The wall clock.
  static var now: timeval {
    var time = timeval()
    gettimeofday(&time, nil)
    return time
  }
}
