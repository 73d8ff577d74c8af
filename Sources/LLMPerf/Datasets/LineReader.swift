/// The lines of a file, ended by LF, CRLF or CR and nothing else, without a byte-order mark.
struct LineReader: ~Copyable {
  private var file: FileReader
  /// The number of the last line read, from 1.
  private(set) var lineNumber = 0

  init(_ path: String) throws {
    file = try FileReader(path)
  }

  /// The next line without its end, or nil at the end of the file.
  mutating func next() throws -> [UInt8]? {
    guard try file.peek() != nil else { return nil }
    var line: [UInt8] = []
    if try file.take(until: (0x0A, 0x0D), into: &line), try file.next() == 0x0D, try file.peek() == 0x0A {
      _ = try file.next()
    }
    lineNumber += 1
    if lineNumber == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    return line
  }
}
