import Foundation
public import LLMPerf

/// Acme's questions: one a line, an id and the question with a tab between them.
public struct AcmeQuestions: DatasetPlugin {
  private let path: String
  private let lines: [Substring]

  /// The questions in the file of `--dataset-path`.
  ///
  /// - Throws: `UsageError` when there is no such file.
  public init(_ options: DatasetOptions) throws {
    guard let path = options.path else { throw UsageError("--dataset acme-questions needs --dataset-path FILE") }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw UsageError("\(path) cannot be read as UTF-8 text")
    }
    self.path = path
    lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }

  public func makeReader() throws -> any PromptReader {
    Reader(path: path, lines: lines)
  }

  private struct Reader: PromptReader {
    let path: String
    let lines: [Substring]
    var position = 0

    mutating func next() throws -> Prompt? {
      while position < lines.count {
        let line = lines[position]
        position += 1
        if line.isEmpty { continue }
        guard let tab = line.firstIndex(of: "\t") else {
          throw UsageError("\(path) line \(position): an id, a tab and a question expected")
        }
        return Prompt(String(line[line.index(after: tab)...]))
      }
      return nil
    }
  }
}
