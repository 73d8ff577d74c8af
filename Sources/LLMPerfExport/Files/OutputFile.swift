import Glibc

/// A file that is written from front to back by one thread, through a buffer that is flushed on demand.
struct OutputFile: ~Copyable {
  /// Bytes that have reached the file; readers may go so far.
  private(set) var flushed = 0

  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt8] = []

  /// Makes the file at `path`, which must not exist, not as a link either. Its owner alone may read it: it tells what a
  /// run sent and got.
  ///
  /// - Throws: `FileFailure`.
  init(creating path: String) throws(FileFailure) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFailure(path) }
  }

  deinit {
    close(descriptor)
  }

  /// Bytes written so far, flushed or not.
  var count: Int { flushed + buffer.count }

  mutating func append(_ bytes: some Collection<UInt8>) {
    buffer.append(contentsOf: bytes)
  }

  /// Whether the buffer has grown so large that it should be flushed.
  var isFull: Bool { buffer.count >= 64 << 10 }

  /// Hands the buffer to the kernel.
  mutating func flush() throws(FileFailure) {
    var offset = 0
    while offset < buffer.count {
      let written = buffer.withUnsafeBytes {
        write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
      }
      if written > 0 {
        offset += written
      } else if errno != EINTR {
        throw FileFailure(path)
      }
    }
    flushed += offset
    buffer.removeAll(keepingCapacity: true)
  }
}

/// A file or folder that could not be used, and why.
struct FileFailure: Error, CustomStringConvertible {
  let description: String

  /// A failure at `path` for the reason in `errno`.
  init(_ path: String) {
    description = "\(path): \(String(cString: strerror(errno)))"
  }
}

/// Makes, fills and removes what the exporters leave in a folder.
enum Folder {
  /// Makes `path`, for its owner alone, and the folders above it that are missing.
  static func make(_ path: String) throws(FileFailure) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += partial.isEmpty || partial.hasSuffix("/") ? String(part) : "/\(part)"
      if mkdir(partial, partial == path ? 0o700 : 0o755) != 0, errno != EEXIST,
        errno != EROFS || access(partial, F_OK) != 0
      {
        throw FileFailure(partial)
      }
    }
  }

  /// Writes `bytes` to `path`, in place of what was there.
  static func write(_ bytes: [UInt8], to path: String) throws(FileFailure) {
    unlink(path)
    var file = try OutputFile(creating: path)
    file.append(bytes)
    try file.flush()
  }

  /// Removes the files in `path`, one level of folders in it, and itself.
  static func remove(_ path: String) {
    for name in names(in: path) where unlink("\(path)/\(name)") != 0 {
      for inner in names(in: "\(path)/\(name)") { unlink("\(path)/\(name)/\(inner)") }
      rmdir("\(path)/\(name)")
    }
    rmdir(path)
  }

  /// What lies in the folder `path`.
  static func names(in path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
