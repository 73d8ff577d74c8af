#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file's bytes, mapped into memory for as long as this object lives.
final class MappedFile {
  let path: String
  let bytes: UTF8Bytes
  private let mapping: UnsafeMutableRawPointer?

  init(path: String) throws(TokenizerError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path, "cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(path, "cannot be examined") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TokenizerError(.unreadable, file: path, "is not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else { throw TokenizerError(.malformed, file: path, "the file is empty") }
    guard size < 1 << 31 else { throw TokenizerError(.unsupported, file: path, "the file is larger than 2 GiB") }
    guard let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED else {
      throw Self.failure(path, "cannot be mapped into memory")
    }
    mapping = memory
    bytes = UTF8Bytes(start: memory.assumingMemoryBound(to: UInt8.self), count: size)
  }

  deinit { munmap(mapping, bytes.count) }

  private static func failure(_ path: String, _ what: String) -> TokenizerError {
    TokenizerError(.unreadable, file: path, "\(what) (\(String(cString: strerror(errno))))")
  }

  /// Whether `path` is a folder; nil if there is nothing at all.
  static func isFolder(_ path: String) -> Bool? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder, in byte order.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
