import LLMPerfBytes

/// From text to ids: added tokens, normalization, pre-tokenization, model, special tokens.
///
/// Nothing in it changes after loading, so that any number of threads may use one.
struct EncodingPipeline: Sendable {
  /// The kinds of model there are.
  enum Model: Sendable {
    case bytePair(BytePairModel)
    case unigram(UnigramModel)
    case wordPiece(WordPieceModel)
    case wordLevel(WordLevelModel)
    case sentencePiece(SentencePieceMergeModel)
  }

  static let longestText = Int(Int32.max) / 4

  var rawTokens: AddedTokenMatcher?
  var normalizedTokens: AddedTokenMatcher?
  var normalizer: Normalizer?
  /// SentencePiece's own normalization, which takes the place of `normalizer`.
  var sentencePieceNormalizer: SentencePieceNormalizer?
  var preTokenizer: PreTokenizer
  var model: Model
  /// What special tokens put before and after a text.
  var prefix: [UInt32] = []
  var suffix: [UInt32] = []
  let tables = UnicodeTables.shared

  init(model: Model, preTokenizer: PreTokenizer) {
    self.model = model
    self.preTokenizer = preTokenizer
  }

  /// Encodes into `workspace.sink`.
  ///
  /// - Parameter isWellFormed: whether `text` is known to be UTF-8.
  func encode(
    _ text: UTF8Bytes, addSpecialTokens: Bool, keepsIDs: Bool, isWellFormed: Bool, _ workspace: inout Workspace
  ) throws(TokenizerError) {
    guard text.count <= Self.longestText else {
      throw .unencodable("the text is longer than \(Self.longestText) bytes")
    }
    workspace.sink.begin(keepsIDs: keepsIDs)
    if addSpecialTokens { append(prefix, &workspace.sink) }
    var text = text
    if !isWellFormed, !UTF8Text.isWellFormed(text) {
      workspace.repaired.removeAll()
      workspace.repaired.append(repairing: text)
      text = workspace.repaired.elements
    }
    try encodeSections(text, &workspace)
    if addSpecialTokens { append(suffix, &workspace.sink) }
    if text.count > 1 << 17 { workspace.shrink() }
  }

  private func append(_ ids: [UInt32], _ sink: inout TokenSink) {
    for id in ids { sink.append(id) }
  }

  private func encodeSections(_ text: UTF8Bytes, _ workspace: inout Workspace) throws(TokenizerError) {
    workspace.sections.removeAll()
    rawTokens?.appendSections(of: text, tables: tables, to: &workspace.sections)
    if workspace.sections.isEmpty {
      try encodeSection(text, isOrigin: true, &workspace)
      return
    }
    for index in 0..<workspace.sections.count {
      let section = workspace.sections[index]
      if section.token >= 0 {
        workspace.sink.append(UInt32(section.token))
      } else {
        try encodeSection(
          text.slice(Int(section.start), Int(section.end)), isOrigin: section.start == 0, &workspace)
      }
    }
  }

  /// - Parameter isOrigin: whether the section begins where the whole text does.
  private func encodeSection(
    _ text: UTF8Bytes, isOrigin: Bool, _ workspace: inout Workspace
  ) throws(TokenizerError) {
    var text = text
    var originEnd = isOrigin ? text.first.map { scalarLength(firstByte: $0) } ?? 0 : 0
    if let normalizer {
      text = try normalizer.apply(
        text, tracksOrigin: preTokenizer.needsOrigin, tables: tables, scratch: &workspace.normalization)
      if isOrigin { originEnd = workspace.normalization.originEnd }
    } else if let sentencePieceNormalizer {
      workspace.normalization.first.removeAll()
      sentencePieceNormalizer.apply(text, into: &workspace.normalization.first)
      text = workspace.normalization.first.elements
    }
    guard let normalizedTokens else {
      try encodeWords(text, originEnd: originEnd, &workspace)
      return
    }
    workspace.normalizedSections.removeAll()
    normalizedTokens.appendSections(of: text, tables: tables, to: &workspace.normalizedSections)
    if workspace.normalizedSections.isEmpty {
      try encodeWords(text, originEnd: originEnd, &workspace)
      return
    }
    for index in 0..<workspace.normalizedSections.count {
      let section = workspace.normalizedSections[index]
      if section.token >= 0 {
        workspace.sink.append(UInt32(section.token))
      } else {
        try encodeWords(
          text.slice(Int(section.start), Int(section.end)), originEnd: originEnd - Int(section.start), &workspace)
      }
    }
  }

  private func encodeWords(
    _ text: UTF8Bytes, originEnd: Int, _ workspace: inout Workspace
  ) throws(TokenizerError) {
    let text = try preTokenizer.apply(
      text, originEnd: originEnd, tables: tables, scratch: &workspace.preTokenization)
    let pieces = workspace.preTokenization.pieces
    switch model {
    case .bytePair(let model):
      try WordEncoding.encode(
        pieces, of: text, with: model, cache: &workspace.cache, scratch: &workspace.model, to: &workspace.sink)
    case .unigram(let model):
      try WordEncoding.encode(
        pieces, of: text, with: model, cache: &workspace.cache, scratch: &workspace.model, to: &workspace.sink)
    case .wordPiece(let model):
      try WordEncoding.encode(
        pieces, of: text, with: model, cache: &workspace.cache, scratch: &workspace.model, to: &workspace.sink)
    case .wordLevel(let model):
      try WordEncoding.encode(
        pieces, of: text, with: model, cache: &workspace.cache, scratch: &workspace.model, to: &workspace.sink)
    case .sentencePiece(let model):
      try WordEncoding.encode(
        pieces, of: text, with: model, cache: &workspace.cache, scratch: &workspace.model, to: &workspace.sink)
    }
  }
}
