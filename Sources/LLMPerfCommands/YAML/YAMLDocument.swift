package import LLMPerf

/// YAML as the JSON that it stands for. Keys keep their order and numbers their text.
package enum YAMLDocument {
  /// Parses one YAML document. Plain scalars follow YAML 1.2's core schema as far as JSON has a value for them: `null`,
  /// `true`, `false` and decimal numbers; all others, dates among them, are texts.
  ///
  /// - Parameters:
  ///   - text: The document.
  ///   - file: The file's name, for messages.
  /// - Throws: `UsageError` that names the file, the line and what is wrong there.
  package static func parse(_ text: String, file: String) throws(UsageError) -> JSON {
    let json: JSON?
    do throws(YAMLError) {
      var composer = YAMLComposer(YAMLReader(text))
      json = try composer.document()
    } catch {
      throw error.usageError(of: file)
    }
    guard let json else { throw UsageError("\(file) is empty") }
    return json
  }
}

/// What is wrong with a document.
enum YAMLError: Error {
  /// A mistake, and the line where it was found out, if that is known.
  case mistake(String, line: Int?)
  case tooManyValues

  /// The error as one sentence.
  func usageError(of file: String) -> UsageError {
    switch self {
    case .mistake(let words, let line?): UsageError("\(file) line \(line): \(words)")
    case .mistake(let words, nil): UsageError("\(file): \(words)")
    case .tooManyValues: UsageError("\(file) stands for more than 100000 values; use fewer aliases")
    }
  }
}
