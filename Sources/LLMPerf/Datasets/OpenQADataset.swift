/// `openqa`: a file of JSON lines; the prompt is the member `question`.
public struct OpenQADataset: DatasetPlugin {
  private let path: String

  /// The questions of the file at `--dataset-path`.
  ///
  /// - Throws: `UsageError` when there is no path.
  public init(_ options: DatasetOptions) throws {
    path = try options.requiredPath(for: "openqa")
  }

  public var checksAhead: Bool { true }

  public func makeReader() throws -> any PromptReader {
    Reader(path: path, lines: LineReaderBox(try LineReader(path)))
  }

  private struct Reader: PromptReader {
    let path: String
    let lines: LineReaderBox

    mutating func next() throws -> Prompt? {
      while let line = try lines.next() {
        if line.allSatisfy({ $0 <= 0x20 }) { continue }
        let json: JSON
        do throws(JSON.ParseError) {
          json = try JSON(parsing: line)
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
