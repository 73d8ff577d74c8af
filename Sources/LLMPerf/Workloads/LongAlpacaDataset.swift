/// `longalpaca`: a file that is one JSON array of objects; the prompt is the member `instruction`.
///
/// Elements are read one by one, so that the file may be larger than memory.
public struct LongAlpacaDataset: DatasetPlugin {
  private let source: TextSource

  /// The instructions of the file at `--dataset-path`.
  ///
  /// - Throws: `UsageError` when there is no path, or no text at it.
  public init(_ options: DatasetOptions) throws {
    source = try options.source(for: "longalpaca")
  }

  public var checksAhead: Bool { true }

  public func makeReader() throws -> any PromptReader {
    Reader(path: source.file, elements: try JSONArrayReader(source))
  }

  private struct Reader: PromptReader {
    let path: String
    let elements: JSONArrayReader

    mutating func next() throws -> Prompt? {
      guard let (line, bytes) = try elements.next() else { return nil }
      let json: JSON
      do throws(JSON.ParseError) {
        json = try JSON(toSend: bytes)
      } catch {
        throw UsageError("\(path): the element that begins in line \(line) is not JSON: \(error)")
      }
      guard let instruction = json["instruction"]?.stringValue else {
        throw UsageError(
          "\(path): the element that begins in line \(line) has no member \"instruction\" that is a string")
      }
      return Prompt(utf8: Array(instruction.utf8).strippedOfWhiteSpace)
    }
  }
}
