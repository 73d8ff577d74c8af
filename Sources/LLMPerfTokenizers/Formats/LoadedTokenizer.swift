/// A tokenizer as a format's reader hands it over.
struct LoadedTokenizer {
  var pipeline: EncodingPipeline
  var summary: TokenizerSummary
  var pieces: TokenPieces
}

/// What each id spells.
struct TokenPieces: Sendable {
  private let vocabulary: Vocabulary
  private let added: [UInt32: [UInt8]]
  /// What is taken off an id before it is looked up.
  private let offset: UInt32

  init(_ vocabulary: Vocabulary, added: [UInt32: [UInt8]] = [:], offset: UInt32 = 0) {
    self.vocabulary = vocabulary
    self.added = added
    self.offset = offset
  }

  subscript(id: UInt32) -> [UInt8]? {
    if let added = added[id] { return added }
    return id >= offset ? vocabulary.token(Int(id - offset)) : nil
  }

  /// One more than the highest id.
  var idEnd: Int {
    max(vocabulary.idEnd + Int(offset), (added.keys.max().map { Int($0) + 1 } ?? 0))
  }
}
