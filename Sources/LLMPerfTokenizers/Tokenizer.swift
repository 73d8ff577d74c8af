/// A model's tokenizer, read from the files that come with the model.
///
/// It gives the ids that the reference implementations give: the Hugging Face `tokenizers` library for
/// `tokenizer.json`, tiktoken and SentencePiece for their own files. Nothing in it changes after loading, so that one
/// value can be used from any number of threads.
///
/// ```swift
/// let tokenizer = try Tokenizer(path: "models/Qwen1.5-7B-Chat")
/// let count = try tokenizer.count("How many tokens is this?")
/// ```
///
/// A worker that encodes many texts should have an ``Encoder`` of its own: its cache of words stays warm.
public struct Tokenizer: Sendable {
  /// Choices that the files leave open.
  public struct Options: Sendable, Hashable {
    /// Who decides which special tokens are put around a text.
    public enum SpecialTokens: Sendable, Hashable {
      /// The tokenizer's class in `tokenizer_config.json` where it has rules of its own, as in `transformers` 4.
      case configuration
      /// Only `tokenizer.json`'s post-processor, as mostly in `transformers` 5.
      case file
    }

    /// How a SentencePiece `tokenizer.model` is understood.
    public enum SentencePiece: Sendable, Hashable {
      /// As `transformers` does if a folder was given, plainly if the file itself was.
      case automatic
      /// As SentencePiece's own library encodes.
      case plain
      /// As `transformers` converts the model for the classes that it knows, such as `LlamaTokenizer`.
      case asTransformers
    }

    /// Who decides which special tokens are put around a text.
    public var specialTokens: SpecialTokens
    /// How a SentencePiece `tokenizer.model` is understood.
    public var sentencePiece: SentencePiece

    /// The choices that count as the original tool did.
    public init(specialTokens: SpecialTokens = .configuration, sentencePiece: SentencePiece = .automatic) {
      self.specialTokens = specialTokens
      self.sentencePiece = sentencePiece
    }
  }

  /// What was loaded.
  public let summary: TokenizerSummary
  /// The ids that are put before and after a text when special tokens are asked for.
  public var specialTokens: (prefix: [UInt32], suffix: [UInt32]) { (pipeline.prefix, pipeline.suffix) }

  let pipeline: EncodingPipeline
  private let pieces: TokenPieces
  private let workspaces: WorkspacePool

  /// Loads a tokenizer.
  ///
  /// - Parameters:
  ///   - path: a model's folder, or one tokenizer file.
  ///   - options: choices that the files leave open.
  /// - Throws: if there is no tokenizer, if a file is broken, or if it asks for something that is not known here.
  public init(path: String, options: Options = Options()) throws(TokenizerError) {
    self.init(try TokenizerFolder(path: path).load(options))
  }

  /// Reads a tokenizer from the text of a `tokenizer.json`.
  ///
  /// - Throws: if the text is broken, or if it asks for something that is not known here.
  public init(json: [UInt8], options: Options = Options()) throws(TokenizerError) {
    let loaded = try json.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
      try TokenizerJSONFormat.load(
        JSONDocument(text: bytes), configuration: TokenizerConfiguration(nil), options: options)
    }
    self.init(loaded)
  }

  init(_ loaded: LoadedTokenizer) {
    pipeline = loaded.pipeline
    summary = loaded.summary
    pieces = loaded.pieces
    workspaces = WorkspacePool()
  }

  /// An encoder for one worker.
  public func makeEncoder() -> Encoder { Encoder(pipeline) }

  /// How many tokens a text has.
  ///
  /// - Parameters:
  ///   - text: any text; a special token's name in it counts as that token.
  ///   - addSpecialTokens: whether to count what a plain `encode` puts around a text.
  /// - Throws: only if the model has no answer for this text, which ordinary tokenizers always have.
  public func count(_ text: String, addSpecialTokens: Bool = true) throws(TokenizerError) -> Int {
    try withUTF8(text) { (bytes) throws(TokenizerError) in
      try workspaces.with { (workspace) throws(TokenizerError) in
        try pipeline.encode(
          bytes, addSpecialTokens: addSpecialTokens, keepsIDs: false, isWellFormed: true, &workspace)
        return workspace.sink.count
      }
    }
  }

  /// How many tokens the bytes of a text have. Bytes that are not UTF-8 count as U+FFFD.
  public func count(utf8: UnsafeBufferPointer<UInt8>, addSpecialTokens: Bool = true) throws(TokenizerError) -> Int {
    try workspaces.with { (workspace) throws(TokenizerError) in
      try pipeline.encode(
        utf8, addSpecialTokens: addSpecialTokens, keepsIDs: false, isWellFormed: false, &workspace)
      return workspace.sink.count
    }
  }

  /// How many tokens the bytes of a text have. Bytes that are not UTF-8 count as U+FFFD.
  public func count(utf8: Span<UInt8>, addSpecialTokens: Bool = true) throws(TokenizerError) -> Int {
    try utf8.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
      try count(utf8: bytes, addSpecialTokens: addSpecialTokens)
    }
  }

  /// How many tokens the bytes of a text have. Bytes that are not UTF-8 count as U+FFFD.
  public func count(utf8: [UInt8], addSpecialTokens: Bool = true) throws(TokenizerError) -> Int {
    try count(utf8: utf8.span, addSpecialTokens: addSpecialTokens)
  }

  /// The ids of a text's tokens.
  public func encode(_ text: String, addSpecialTokens: Bool = true) throws(TokenizerError) -> [UInt32] {
    try withUTF8(text) { (bytes) throws(TokenizerError) in
      try workspaces.with { (workspace) throws(TokenizerError) in
        try pipeline.encode(
          bytes, addSpecialTokens: addSpecialTokens, keepsIDs: true, isWellFormed: true, &workspace)
        return Array(workspace.sink.ids.elements)
      }
    }
  }

  /// The ids of the tokens of a text's bytes. Bytes that are not UTF-8 count as U+FFFD.
  public func encode(
    utf8: UnsafeBufferPointer<UInt8>, addSpecialTokens: Bool = true
  ) throws(TokenizerError) -> [UInt32] {
    try workspaces.with { (workspace) throws(TokenizerError) in
      try pipeline.encode(
        utf8, addSpecialTokens: addSpecialTokens, keepsIDs: true, isWellFormed: false, &workspace)
      return Array(workspace.sink.ids.elements)
    }
  }

  /// The ids of the tokens of a text's bytes. Bytes that are not UTF-8 count as U+FFFD.
  public func encode(utf8: Span<UInt8>, addSpecialTokens: Bool = true) throws(TokenizerError) -> [UInt32] {
    try utf8.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
      try encode(utf8: bytes, addSpecialTokens: addSpecialTokens)
    }
  }

  /// What a token spells, as bytes: of a byte-level model the bytes of the text, of other models the entry as it
  /// stands in the vocabulary. Nil if there is no such id.
  public func bytes(of id: UInt32) -> [UInt8]? { pieces[id] }

  /// What a token spells, to be shown; bytes that are no UTF-8 by themselves are shown as U+FFFD.
  public func piece(of id: UInt32) -> String? { pieces[id].map { String(decoding: $0, as: UTF8.self) } }

  /// One more than the highest id.
  public var idEnd: Int { pieces.idEnd }
}

/// Calls `body` with a string's bytes, which are always well-formed.
func withUTF8<Result>(
  _ text: String, _ body: (UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Result
) throws(TokenizerError) -> Result {
  try text.utf8.span.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in try body(bytes) }
}
