import Glibc

/// Which file a path leads to: a path may lead to another one a moment later.
struct FileIdentity: Hashable {
  private let device: UInt64
  private let node: UInt64

  /// The file at `path`; nil when there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    node = UInt64(status.st_ino)
  }
}

/// Files that are made new, for their owner alone, and never in place of what is there: a database holds prompts and
/// answers, and a name in a folder for everybody may have been laid out by somebody else.
enum NewFile {
  /// Whether nothing has the name `path`; a link to nothing is something, too.
  static func isFree(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) != 0 && errno == ENOENT
  }

  /// Makes an empty file at `path`.
  ///
  /// - Throws: `DatabaseError` when something is there, a link to nothing too, or it cannot be made.
  static func make(_ path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    close(descriptor)
  }

  /// Gives the file at `path` the name `name`, which must be free. The name is never that of an empty file: a process that
  /// is killed must not leave one.
  static func name(_ path: String, _ name: String) throws {
    if link(path, name) == 0 {
      unlink(path)
      return
    }
    guard errno != EEXIST else { throw failure(name) }
    // Some file systems have no second names. Taking the name first keeps others off; the file then comes in place of what
    // we made ourselves.
    try make(name)
    guard rename(path, name) == 0 else {
      let error = failure(name)
      unlink(name)
      throw error
    }
  }

  private static func failure(_ path: String) -> DatabaseError {
    DatabaseError(path: path, message: errno == EEXIST ? "it exists" : String(cString: strerror(errno)))
  }
}
