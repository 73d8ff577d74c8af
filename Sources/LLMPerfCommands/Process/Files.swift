import Glibc
import LLMPerf

/// Files that the command line names.
enum Files {
  /// The content of the file at `path`.
  ///
  /// - Throws: `UsageError` naming the option, the path and the system's reason.
  static func read(_ path: String, option: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, option) }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &block, block.count)
      guard count >= 0 else { throw unreadable(path, option) }
      if count == 0 { return content }
      content += block[..<count]
    }
  }

  /// Writes `bytes` to the file at `path`, in place of what was there; "-" is standard output. A new file is never made
  /// where a link leads, and a database is never overwritten.
  static func write(_ bytes: [UInt8], to path: String, option: String) throws {
    if path == "-" { return try StandardStreams.output.write(bytes) }
    if isDatabase(path) { throw RunError(overDatabase(path, option)) }
    let existing = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
    let descriptor = existing < 0 && errno == ENOENT ? create(path) : existing
    guard descriptor >= 0 else { throw RunError(unwritable(path, option)) }
    let code = bytes.write(to: descriptor)
    // Some file systems say only here that there was no room.
    let isClosed = close(descriptor) == 0
    guard code == 0 else { throw RunError(unwritable(path, option, code)) }
    guard isClosed else { throw RunError(unwritable(path, option)) }
  }

  /// Whether something exists at `path`.
  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// Checks that there is a file at `path` that may be a run's database.
  static func checkDatabase(_ path: String) throws {
    if access(path, F_OK) == 0 { return }
    let reason = errno == ENOENT ? "does not exist" : "cannot be reached: \(String(cString: strerror(errno)))"
    throw UsageError("\(path) \(reason); give the database of a run")
  }

  /// Whether `path` is a file, and not a folder, a pipe or a device.
  static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Checks before a run that a file can be written at `path` after it.
  static func checkWritable(_ path: String, option: String) throws {
    if path == "-" { return }
    if isDatabase(path) { throw UsageError(overDatabase(path, option)) }
    if exists(path) {
      // Not opened: the reader of a pipe would take the end of the check for the end of the file.
      guard access(path, W_OK) == 0, !isFolder(path) else {
        throw UsageError(unwritable(path, option, isFolder(path) ? EISDIR : errno))
      }
      return
    }
    let descriptor = create(path)
    guard descriptor >= 0 else {
      // All that is there and yet does not exist is a link to nothing.
      throw UsageError(unwritable(path, option, errno == EEXIST ? ENOENT : errno))
    }
    close(descriptor)
    unlink(path)
  }

  /// Where `path` leads, the same for all paths that lead there; nil for what is no file and for what cannot be reached.
  static func place(of path: String) -> String? {
    if exists(path) { return isRegular(path) ? canonical(path) : nil }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? "."
    return canonical(folder).map { "\($0)/\(slash.map { path[path.index(after: $0)...] } ?? path[...])" }
  }

  private static func canonical(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// A new file at `path`, where nothing may be, not even a link; -1 when it cannot be made.
  private static func create(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether an SQLite database is at `path`: all that is kept of a run.
  private static func isDatabase(_ path: String) -> Bool {
    guard isRegular(path) else { return false }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let magic = Array("SQLite format 3\0".utf8)
    var start = [UInt8](repeating: 0, count: magic.count)
    return Glibc.read(descriptor, &start, start.count) == magic.count && start == magic
  }

  private static func overDatabase(_ path: String, _ option: String) -> String {
    "\(option): \(path) is a database, which is never overwritten; choose another file"
  }

  /// Checks that a file can be made at `path`, without making it: who is killed meanwhile must not leave an empty one.
  static func checkMakeable(_ path: String, option: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    var status = stat()
    guard lstat(path, &status) == 0 || errno == ENOENT, access(folder, W_OK | X_OK) == 0 else {
      throw UsageError(unwritable(path, option))
    }
  }

  /// Makes the folders that `path` lies in.
  static func makeFolders(for path: String) throws {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/").dropLast() {
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? part : "/" + part
      guard mkdir(prefix, 0o755) == 0 || errno == EEXIST else {
        throw UsageError("the folder \(prefix) cannot be made: \(String(cString: strerror(errno)))")
      }
    }
  }

  /// The text of the file at `path`, without a byte-order mark; "-" is standard input.
  ///
  /// - Throws: `UsageError` naming the option, the path and what is wrong with it, emptiness too.
  static func text(_ path: String, encoding: TextEncoding? = nil, option: String) throws -> String {
    let source = try TextSource(path, encoding: encoding, option: option + ":")
    let text = try source.readAll()
    guard !text.isEmpty else { throw UsageError("\(option): \(source.file) is empty") }
    return String(decoding: text, as: UTF8.self)
  }

  /// Expands `@file` to the file's text, `@-` to that of standard input, and `@@text` to `@text`.
  static func expand(_ argument: String, encoding: TextEncoding, option: String) throws -> String {
    guard argument.hasPrefix("@") else { return argument }
    let rest = String(argument.dropFirst())
    guard !rest.isEmpty else {
      throw UsageError("\(option): no file is named behind @; give @FILE, @- for standard input, or @@ for a leading @")
    }
    return rest.hasPrefix("@") ? rest : try text(rest, encoding: encoding, option: option)
  }

  private static func unreadable(_ path: String, _ option: String) -> UsageError {
    UsageError("\(option): \(path) cannot be read: \(String(cString: strerror(errno)))")
  }

  private static func unwritable(_ path: String, _ option: String, _ code: Int32 = errno) -> String {
    "\(option): \(path) cannot be written: \(String(cString: strerror(code)))"
  }
}
