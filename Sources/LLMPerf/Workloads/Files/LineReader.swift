/// The lines of a text, ended by LF, CRLF or CR and nothing else.
struct LineReader: ~Copyable {
  private var text: TextReader
  private let file: String
  /// The number of the last line read, from 1.
  private(set) var lineNumber = 0

  /// A longer line is none: a prompt has to be in memory several times.
  private static let longestLine = 256 << 20

  /// The lines of `source`, from its beginning.
  init(_ source: TextSource) throws {
    text = try source.makeReader()
    file = source.file
  }

  /// The next line without its end, or nil at the end of the text.
  mutating func next() throws -> [UInt8]? {
    guard try text.peek() != nil else { return nil }
    var line: [UInt8] = []
    let isEnded = try text.take(until: (0x0A, 0x0D), into: &line, limit: Self.longestLine)
    lineNumber += 1
    guard line.count < Self.longestLine else {
      throw UsageError(
        "\(file) line \(lineNumber) is longer than \(Self.longestLine >> 20) MiB; one prompt a line is expected")
    }
    if isEnded, try text.next() == 0x0D, try text.peek() == 0x0A { _ = try text.next() }
    return line
  }
}
