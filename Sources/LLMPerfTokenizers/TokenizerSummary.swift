/// What was loaded, for people to read.
public struct TokenizerSummary: Sendable, Hashable {
  /// The format of the files, such as `tokenizer.json`.
  public internal(set) var format: String
  /// The kind of model, such as `byte-level BPE`.
  public internal(set) var model: String
  /// How many tokens the model itself has.
  public internal(set) var vocabularySize: Int
  /// How many tokens are recognised in the text itself.
  public internal(set) var addedTokenCount: Int
  /// The names of the patterns that cut the text into words, in order.
  public internal(set) var splitting: [String]
  /// What the files do not say and was assumed; normally empty.
  public internal(set) var assumptions: [String] = []
  /// The names of the files that were read.
  public internal(set) var files: [String] = []
}

extension TokenizerSummary: CustomStringConvertible {
  /// One line.
  public var description: String {
    let added = addedTokenCount == 0 ? "" : " and \(addedTokenCount) added"
    let list = files.joined(separator: ", ")
    // Most formats are called what their file is called.
    let source = files.isEmpty ? format : files.contains { format.hasPrefix($0) } ? list : "\(format) from \(list)"
    let assumed = assumptions.isEmpty ? "" : " (\(assumptions.joined(separator: "; ")))"
    return "\(model), \(vocabularySize)\(added) tokens, \(source)\(assumed)"
  }
}
