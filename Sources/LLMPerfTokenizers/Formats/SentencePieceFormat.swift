/// Reads SentencePiece's `tokenizer.model`: as SentencePiece itself would encode, or, for the classes that
/// `transformers` converts in its own way, as those.
enum SentencePieceFormat {
  static func load(
    _ bytes: UTF8Bytes, configuration: TokenizerConfiguration, options: Tokenizer.Options
  ) throws(TokenizerError) -> LoadedTokenizer {
    let file = try SentencePieceFile(bytes)
    if options.sentencePiece == .asTransformers, file.algorithm == .bytePair,
      ["LlamaTokenizer", "CodeLlamaTokenizer"].contains(configuration.className)
    {
      return try loadAsLlama(file, configuration, options)
    }
    return try loadPlain(file, configuration, options)
  }

  private static func loadPlain(
    _ file: SentencePieceFile, _ configuration: TokenizerConfiguration, _ options: Tokenizer.Options
  ) throws(TokenizerError) -> LoadedTokenizer {
    let vocabulary = try vocabulary(of: file)
    let model: EncodingPipeline.Model
    var steps: [PreTokenizationStep] = []
    if file.algorithm == .bytePair {
      let merging = try SentencePieceMergeModel(file)
      if let borders = merging.borders { steps.append(.borders(borders)) }
      model = .sentencePiece(merging)
    } else {
      model = .unigram(unigram(file, vocabulary))
    }
    var pipeline = EncodingPipeline(model: model, preTokenizer: PreTokenizer(steps: steps))
    var userDefined = ByteStrings()
    for piece in file.pieces where piece.kind == .userDefined { userDefined.append(piece.text) }
    pipeline.sentencePieceNormalizer = SentencePieceNormalizer(
      map: file.characterMap.isEmpty ? nil : try CharacterMap(file.characterMap),
      userDefined: userDefined.count == 0
        ? nil : ByteTrie(userDefined, values: (0..<userDefined.count).map { UInt32($0) }),
      addsDummyPrefix: file.addsDummyPrefix, removesExtraSpaces: file.removesExtraSpaces,
      escapesSpaces: file.escapesSpaces)
    setSpecialTokens(configuration, options, vocabulary, &pipeline)
    return LoadedTokenizer(
      pipeline: pipeline,
      summary: TokenizerSummary(
        format: "SentencePiece", model: file.algorithm == .bytePair ? "BPE by score" : "Unigram",
        vocabularySize: file.pieces.count, addedTokenCount: 0, splitting: []),
      pieces: TokenPieces(vocabulary))
  }

  private static func vocabulary(of file: SentencePieceFile) throws(TokenizerError) -> Vocabulary {
    var vocabulary = Vocabulary(capacity: file.pieces.count)
    for (id, piece) in file.pieces.enumerated() { try vocabulary.insert(piece.text, id: id) }
    return vocabulary
  }

  private static func unigram(_ file: SentencePieceFile, _ vocabulary: Vocabulary) -> UnigramModel {
    let normal = file.pieces.filter { $0.kind == .normal }.map(\.score)
    var matchable: [Bool] = []
    var scores: [Double] = []
    for piece in file.pieces {
      matchable.append(piece.kind == .normal || piece.kind == .userDefined)
      // What the user defined has a score by its length, whatever the file says.
      scores.append(
        Double(piece.kind == .userDefined ? Float(0.1 * Double(piece.text.count - 1)) : piece.score))
    }
    return UnigramModel(
      vocabulary, matchable: matchable, scores: scores, lowestScore: Double(normal.min() ?? 0),
      unknown: file.unknown, byteTokens: file.byteTokens, arithmetic: .single)
  }

  /// As the Llama converter of `transformers` does: the pieces as a byte-pair model of merges.
  private static func loadAsLlama(
    _ file: SentencePieceFile, _ configuration: TokenizerConfiguration, _ options: Tokenizer.Options
  ) throws(TokenizerError) -> LoadedTokenizer {
    let vocabulary = try vocabulary(of: file)
    let symbols = SymbolTable(scalarsOf: vocabulary)
    var modelOptions = BytePairModel.Options()
    modelOptions.unknown = file.unknown
    modelOptions.fusesUnknown = true
    modelOptions.byteTokens = ByteFallback.tokens(in: vocabulary)
    let model = try BytePairModel(
      vocabulary, SentencePieceMerges.merges(of: file, vocabulary), symbols: symbols, options: modelOptions)
    let space: [UInt8] = Array("\u{2581}".utf8)
    var steps: [PreTokenizationStep] = []
    if !configuration.isLegacy { steps.append(.metaspace(Metaspace(replacement: space, scheme: .first))) }
    if let borders = model.borders { steps.append(.borders(borders)) }
    var pipeline = EncodingPipeline(model: .bytePair(model), preTokenizer: PreTokenizer(steps: steps))
    if configuration.isLegacy {
      pipeline.normalizer = Normalizer(steps: [.prepend(space), .replaceBytes([0x20], with: space)])
    }
    var added = AddedVocabulary(vocabularySize: file.pieces.count) { vocabulary.id(of: $0) }
    for piece in file.pieces where [.unknown, .control, .userDefined].contains(piece.kind) {
      added.add(AddedToken(id: 0, content: piece.text))
    }
    for token in configuration.addedTokens where added.id(of: token.content) == nil { added.add(token) }
    try pipeline.setAddedTokens(added.tokens)
    setSpecialTokens(configuration, options, vocabulary, &pipeline)
    return LoadedTokenizer(
      pipeline: pipeline,
      summary: TokenizerSummary(
        format: "SentencePiece, converted as transformers does", model: "BPE", vocabularySize: file.pieces.count,
        addedTokenCount: added.tokens.count, splitting: []),
      pieces: TokenPieces(vocabulary, added: Dictionary(added.tokens.map { ($0.id, $0.content) }) { $1 }))
  }

  private static func setSpecialTokens(
    _ configuration: TokenizerConfiguration, _ options: Tokenizer.Options, _ vocabulary: Vocabulary,
    _ pipeline: inout EncodingPipeline
  ) {
    guard options.specialTokens == .configuration, let own = configuration.ownSpecialTokens() else { return }
    pipeline.prefix = own.prefix.compactMap { vocabulary.id(of: $0) }
    pipeline.suffix = own.suffix.compactMap { vocabulary.id(of: $0) }
  }
}

/// A SentencePiece vocabulary as a merge list: every way of cutting a piece in two known ones, the best score first.
enum SentencePieceMerges {
  static func merges(of file: SentencePieceFile, _ vocabulary: Vocabulary) -> BytePairMerges {
    struct Candidate {
      var score: Float
      var leftCount: Int
      var rightCount: Int
      var order: Int
      var merge: BytePairMerges.Merge
    }
    var found: [Candidate] = []
    for (id, piece) in file.pieces.enumerated() {
      guard piece.kind == .normal || piece.kind == .userDefined || piece.kind == .unused else { continue }
      var cuts: [Candidate] = []
      piece.text.withUnsafeBufferPointer { text in
        var scalars = 0
        for cut in 1..<max(text.count, 1) where text[cut] & 0xC0 != 0x80 {
          scalars += 1
          guard let left = vocabulary.id(of: text.slice(0, cut)),
            let right = vocabulary.id(of: text.slice(cut, text.count))
          else { continue }
          let rest = text[cut...].count { $0 & 0xC0 != 0x80 }
          cuts.append(
            Candidate(
              score: piece.score, leftCount: scalars, rightCount: rest, order: 0,
              merge: .init(left: left, right: right, result: UInt32(id))))
        }
      }
      cuts.sort { ($0.merge.left, $0.merge.right) < ($1.merge.left, $1.merge.right) }
      for var cut in cuts {
        cut.order = found.count
        found.append(cut)
      }
    }
    found.sort { one, other in
      if one.score != other.score { return one.score > other.score }
      if one.leftCount != other.leftCount { return one.leftCount > other.leftCount }
      if one.rightCount != other.rightCount { return one.rightCount > other.rightCount }
      return one.order < other.order
    }
    return BytePairMerges(found.map(\.merge))
  }
}
