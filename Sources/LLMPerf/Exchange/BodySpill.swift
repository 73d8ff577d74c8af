import Glibc

/// A temporary file without a name that takes bytes which memory has no room for.
struct BodySpill: ~Copyable {
  /// Where bytes lie in the file.
  struct Place {
    var offset: Int
    var count: Int
  }

  /// O_TMPFILE, a macro that Swift does not import: __O_TMPFILE and O_DIRECTORY.
  private static let temporary: Int32 = 0o20_000_000 | O_DIRECTORY

  private let directory: String
  private var descriptor: Int32 = -1
  private var end = 0

  /// A file below `directory`, made when it is first written to.
  init(directory: String) {
    self.directory = directory
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Appends `bytes`; nil when the file cannot take them.
  mutating func write(_ bytes: [UInt8]) -> Place? {
    if descriptor < 0 { descriptor = open(directory, BodySpill.temporary | O_RDWR | O_CLOEXEC, 0o600) }
    guard descriptor >= 0 else { return nil }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        pwrite(descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written, off_t(end + written))
      }
      guard count > 0 else { return nil }
      written += count
    }
    defer { end += bytes.count }
    return Place(offset: end, count: bytes.count)
  }

  /// The bytes at `place`; nil when they cannot be read.
  func read(_ place: Place) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: place.count)
    var filled = 0
    while filled < place.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        pread(descriptor, buffer.baseAddress.map { $0 + filled }, place.count - filled, off_t(place.offset + filled))
      }
      guard count > 0 else { return nil }
      filled += count
    }
    return bytes
  }
}
