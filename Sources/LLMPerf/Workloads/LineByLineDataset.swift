/// `line_by_line`: each line of a text file is a prompt.
public struct LineByLineDataset: DatasetPlugin {
  private let source: TextSource

  /// The lines of the file at `--dataset-path`.
  ///
  /// - Throws: `UsageError` when there is no path, or no text at it.
  public init(_ options: DatasetOptions) throws {
    source = try options.source(for: "line_by_line")
  }

  public func makeReader() throws -> any PromptReader {
    Reader(lines: LineReaderBox(try LineReader(source)))
  }

  private struct Reader: PromptReader {
    let lines: LineReaderBox

    mutating func next() throws -> Prompt? {
      try lines.next().map { Prompt(utf8: $0.strippedOfWhiteSpace) }
    }
  }
}

/// A line reader that can be part of a copyable value.
final class LineReaderBox {
  private var reader: LineReader

  init(_ reader: consuming LineReader) {
    self.reader = reader
  }

  var lineNumber: Int { reader.lineNumber }

  func next() throws -> [UInt8]? {
    try reader.next()
  }
}

extension DatasetOptions {
  /// The text at the path, which `dataset` cannot do without.
  func source(for dataset: String) throws -> TextSource {
    guard let path else {
      throw UsageError("--dataset \(dataset) needs --dataset-path FILE; or give one prompt with --prompt")
    }
    return try TextSource(path, encoding: encoding, option: "--dataset-path")
  }
}

extension [UInt8] {
  /// Without Unicode white space at either end.
  var strippedOfWhiteSpace: [UInt8] {
    var isPlain = true
    if let first, let last, first <= 0x20 || first >= 0x80 || last <= 0x20 || last >= 0x80 { isPlain = false }
    if isPlain { return self }
    let scalars = String(decoding: self, as: UTF8.self).unicodeScalars
    let start = scalars.firstIndex { !$0.isPythonSpace } ?? scalars.endIndex
    let end = scalars.lastIndex { !$0.isPythonSpace }.map { scalars.index(after: $0) } ?? scalars.endIndex
    return Array(String(scalars[start..<Swift.max(start, end)]).utf8)
  }
}

extension Unicode.Scalar {
  /// What Python's `str.strip()` takes for white space: Unicode's white space and four control characters.
  fileprivate var isPythonSpace: Bool {
    properties.isWhitespace || 0x1C...0x1F ~= value
  }
}
