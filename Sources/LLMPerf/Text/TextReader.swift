import Glibc

/// Reads a file from front to back in blocks, so that its size does not matter.
struct FileReader: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private var block: [UInt8] = []
  private var offset = 0
  private var isAtEnd = false

  private static let blockSize = 256 << 10

  /// Opens the file at `path`.
  ///
  /// - Throws: `UsageError` naming the option, the path and the system's reason.
  init(_ path: String, option: String = "--dataset-path") throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw UsageError("\(option) \(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw UsageError("\(option) \(path) is a directory; give a file")
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The next byte, or nil at the end.
  mutating func next() throws -> UInt8? {
    if offset == block.count { try fill() }
    guard offset < block.count else { return nil }
    defer { offset += 1 }
    return block[offset]
  }

  /// The next byte without taking it, or nil at the end.
  mutating func peek() throws -> UInt8? {
    if offset == block.count { try fill() }
    return offset < block.count ? block[offset] : nil
  }

  /// Appends bytes to `output` up to the first one that is one of `stops`, which is not taken. False at the file's end.
  mutating func take(until stops: (UInt8, UInt8), into output: inout [UInt8]) throws -> Bool {
    while true {
      if offset == block.count { try fill() }
      guard offset < block.count else { return false }
      let rest = block[offset...]
      let end = rest.firstIndex { $0 == stops.0 || $0 == stops.1 }
      output += rest[..<(end ?? block.count)]
      offset = end ?? block.count
      if end != nil { return true }
    }
  }

  private mutating func fill() throws {
    guard !isAtEnd else { return }
    let size = Self.blockSize
    let descriptor = descriptor
    var failure: Int32 = 0
    block = Array(unsafeUninitializedCapacity: size) { buffer, count in
      let read = Glibc.read(descriptor, buffer.baseAddress, size)
      if read < 0 { failure = errno }
      count = max(read, 0)
    }
    offset = 0
    if failure != 0 { throw UsageError("\(path) cannot be read: \(String(cString: strerror(failure)))") }
    isAtEnd = block.isEmpty
  }
}
