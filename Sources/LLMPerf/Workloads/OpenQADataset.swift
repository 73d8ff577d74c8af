/// `openqa`: a file of JSON lines; the prompt is the member `question`.
public struct OpenQADataset: DatasetPlugin {
  private let source: TextSource

  /// The questions of the file at `--dataset-path`.
  ///
  /// - Throws: `UsageError` when there is no path, or no text at it.
  public init(_ options: DatasetOptions) throws {
    source = try options.source(for: "openqa")
  }

  public var checksAhead: Bool { true }

  public func makeReader() throws -> any PromptReader {
    Reader(path: source.file, lines: LineReaderBox(try LineReader(source)))
  }

  private struct Reader: PromptReader {
    let path: String
    let lines: LineReaderBox

    mutating func next() throws -> Prompt? {
      while let line = try lines.next() {
        if line.allSatisfy({ $0 <= 0x20 }) { continue }
        let json: JSON
        do throws(JSON.ParseError) {
          json = try JSON(toSend: line)
        } catch {
          throw UsageError("\(path) line \(lines.lineNumber) is not JSON: \(error)")
        }
        guard let question = json["question"]?.stringValue else {
          throw UsageError("\(path) line \(lines.lineNumber) has no member \"question\" that is a string")
        }
        return Prompt(utf8: Array(question.utf8).strippedOfWhiteSpace)
      }
      return nil
    }
  }
}
