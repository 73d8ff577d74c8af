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

  /// Writes `bytes` to the file at `path`, in place of what was there; "-" is standard output.
  static func write(_ bytes: [UInt8], to path: String, option: String) throws {
    if path == "-" { return try StandardStreams.output.write(bytes) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
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

  /// Whether nothing has the name `path`; a link to nothing is something, too.
  static func isFree(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) != 0 && errno == ENOENT
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
    let isNew = !exists(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw UsageError(unwritable(path, option)) }
    close(descriptor)
    if isNew { unlink(path) }
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
    return rest.hasPrefix("@") ? rest : try text(rest, encoding: encoding, option: option)
  }

  private static func unreadable(_ path: String, _ option: String) -> UsageError {
    UsageError("\(option): \(path) cannot be read: \(String(cString: strerror(errno)))")
  }

  private static func unwritable(_ path: String, _ option: String, _ code: Int32 = errno) -> String {
    "\(option): \(path) cannot be written: \(String(cString: strerror(code)))"
  }
}
