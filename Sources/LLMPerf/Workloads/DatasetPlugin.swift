/// A source of prompts: a built-in data set, a user's Python file, or a type of a user's own.
///
/// A data set may be larger than memory, so prompts are pulled one at a time. When `--number` asks for more than one
/// pass yields, another pass is opened with `makeReader()`; passes must therefore be repeatable.
public protocol DatasetPlugin: Sendable {
  /// Opens one pass over the data set, from its beginning.
  ///
  /// - Throws: `UsageError` when the data cannot be opened; nothing has been sent then.
  func makeReader() throws -> any PromptReader

  /// Whether prompts can be malformed, so that the first ones are read before anything is sent. The default says no.
  var checksAhead: Bool { get }
}

extension DatasetPlugin {
  public var checksAhead: Bool { false }
}

/// One pass over a data set. Used by one thread; may block while it reads.
public protocol PromptReader {
  /// The next prompt, or nil at the end of the pass.
  ///
  /// - Throws: `UsageError` naming the file and line when the data is malformed.
  mutating func next() throws -> Prompt?
}

/// What a data set is made from.
public struct DatasetOptions: Sendable {
  /// `--dataset-path`, or nil when not given.
  public var path: String?
  /// `--encoding`: how the file at `path` writes characters.
  public var encoding: TextEncoding

  /// Options for a data set read from `path`; the built-in ones take "-" for standard input.
  public init(path: String? = nil, encoding: TextEncoding = .utf8) {
    self.path = path
    self.encoding = encoding
  }
}
