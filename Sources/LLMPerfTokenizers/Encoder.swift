/// Encodes texts for one worker.
///
/// It holds a word cache of fixed size and the memory that encoding writes on, so that after the first texts nothing is
/// allocated any more. It cannot be shared between threads; the ``Tokenizer`` that made it can.
public final class Encoder {
  private let pipeline: EncodingPipeline
  private var workspace = Workspace()

  init(_ pipeline: EncodingPipeline) { self.pipeline = pipeline }

  /// How many tokens the bytes of a text have. Bytes that are not UTF-8 count as U+FFFD.
  public func count(utf8: UnsafeBufferPointer<UInt8>, addSpecialTokens: Bool = true) throws(TokenizerError) -> Int {
    try pipeline.encode(
      utf8, addSpecialTokens: addSpecialTokens, keepsIDs: false, isWellFormed: false, &workspace)
    return workspace.sink.count
  }

  /// How many tokens the bytes of a text have. Bytes that are not UTF-8 count as U+FFFD.
  public func count(utf8: Span<UInt8>, addSpecialTokens: Bool = true) throws(TokenizerError) -> Int {
    try utf8.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
      try count(utf8: bytes, addSpecialTokens: addSpecialTokens)
    }
  }

  /// How many tokens a text has.
  public func count(_ text: String, addSpecialTokens: Bool = true) throws(TokenizerError) -> Int {
    try withUTF8(text) { (bytes) throws(TokenizerError) in
      try pipeline.encode(
        bytes, addSpecialTokens: addSpecialTokens, keepsIDs: false, isWellFormed: true, &workspace)
      return workspace.sink.count
    }
  }

  /// The ids of the tokens of a text's bytes. Bytes that are not UTF-8 count as U+FFFD.
  public func encode(
    utf8: UnsafeBufferPointer<UInt8>, addSpecialTokens: Bool = true
  ) throws(TokenizerError) -> [UInt32] {
    try withIDs(utf8: utf8, addSpecialTokens: addSpecialTokens) { Array($0) }
  }

  /// The ids of the tokens of a text's bytes. Bytes that are not UTF-8 count as U+FFFD.
  public func encode(utf8: Span<UInt8>, addSpecialTokens: Bool = true) throws(TokenizerError) -> [UInt32] {
    try utf8.withUnsafeBufferPointer { (bytes) throws(TokenizerError) in
      try encode(utf8: bytes, addSpecialTokens: addSpecialTokens)
    }
  }

  /// The ids of a text's tokens.
  public func encode(_ text: String, addSpecialTokens: Bool = true) throws(TokenizerError) -> [UInt32] {
    try withUTF8(text) { (bytes) throws(TokenizerError) in
      try pipeline.encode(
        bytes, addSpecialTokens: addSpecialTokens, keepsIDs: true, isWellFormed: true, &workspace)
      return Array(workspace.sink.ids.elements)
    }
  }

  /// Calls `body` with the ids, which are valid only during the call; allocates nothing.
  public func withIDs<Result>(
    utf8: UnsafeBufferPointer<UInt8>, addSpecialTokens: Bool = true, _ body: (UnsafeBufferPointer<UInt32>) -> Result
  ) throws(TokenizerError) -> Result {
    try pipeline.encode(
      utf8, addSpecialTokens: addSpecialTokens, keepsIDs: true, isWellFormed: false, &workspace)
    return body(workspace.sink.ids.elements)
  }
}
