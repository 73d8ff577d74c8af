import Glibc

/// A folder of its own for one test, gone with it.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/llmuses-export-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
  }

  deinit {
    Self.remove(path)
  }

  /// Everything below `folder`, as paths relative to it, sorted.
  func files(below folder: String = "") -> [String] {
    Self.names(folder.isEmpty ? path : "\(path)/\(folder)").flatMap { name in
      let inner = folder.isEmpty ? name : "\(folder)/\(name)"
      return [inner] + files(below: inner)
    }.sorted()
  }

  func bytes(of file: String) -> [UInt8] {
    guard let stream = fopen("\(path)/\(file)", "r") else { return [] }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
    return bytes
  }

  private static func names(_ path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.filter { $0 != "." && $0 != ".." }
  }

  private static func remove(_ path: String) {
    for name in names(path) { remove("\(path)/\(name)") }
    if rmdir(path) != 0 { unlink(path) }
  }
}
