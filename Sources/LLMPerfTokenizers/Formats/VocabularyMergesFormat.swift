import LLMPerfBytes

/// Reads `vocab.json` with `merges.txt`, the files of slow byte-level tokenizers.
enum VocabularyMergesFormat {
  static let qwenPattern =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// - Parameter addedTokens: `added_tokens.json`, if there is one.
  static func load(
    vocabulary document: JSONDocument, merges file: MappedFile, addedTokens: JSONDocument?,
    configuration: TokenizerConfiguration
  ) throws(TokenizerError) -> LoadedTokenizer {
    guard document.root.kind == .object else { throw .malformed("vocab.json is not an object") }
    var vocabulary = Vocabulary(capacity: document.root.nodeCount / 2)
    var literals: [[UInt8]: UInt32] = [:]
    var meaning = GrowableBuffer<UInt8>()
    try document.root.forEachMember { (key, value) throws(TokenizerError) in
      guard let id = value.int, let spelling = key.bytes, id >= 0, id < Vocabulary.largest else {
        throw .malformed("vocab.json has an id that is not a whole number below \(Vocabulary.largest)")
      }
      meaning.removeAll()
      if spelling.withUnsafeBufferPointer({ ByteStandIns.shared.appendMeaning(of: $0, to: &meaning) }) {
        try vocabulary.insert(meaning.elements, id: id)
      } else {
        literals[spelling] = UInt32(id)
      }
    }
    guard UTF8Text.isWellFormed(file.bytes) else {
      throw .malformed("merges.txt is not UTF-8")
    }
    var reader = MergeReader(isByteLevel: true, capacity: vocabulary.count)
    var lines = TextLines(file.bytes)
    while let line = lines.next() {
      if line.isEmpty || line.hasPrefix(Array("#version".utf8)) { continue }
      try reader.add(line: line, vocabulary)
    }
    let symbols = SymbolTable(bytesOf: vocabulary)
    let model = try BytePairModel(vocabulary, reader.merges, symbols: symbols, options: .init())

    let tables = UnicodeTables.shared
    let isQwen = configuration.className == "Qwen2Tokenizer"
    let pattern =
      isQwen ? try SplitPattern(regex: qwenPattern, tables: tables) : SplitPattern.gpt2(GPT2Scanner(tables: tables))
    var steps: [PreTokenizationStep] = configuration.addsPrefixSpace && !isQwen ? [.prefixSpace] : []
    steps.append(.split(Splitter(pattern: pattern, behavior: .isolated, isInverted: false)))
    var pipeline = EncodingPipeline(model: .bytePair(model), preTokenizer: PreTokenizer(steps: steps))
    if isQwen { pipeline.normalizer = Normalizer(steps: [.form(.nfc)]) }

    let known = vocabulary
    let size = vocabulary.count + literals.count
    var added = AddedVocabulary(vocabularySize: size) { spelling in
      if let id = literals[spelling] { return id }
      var meaning = GrowableBuffer<UInt8>()
      let isMeaning = spelling.withUnsafeBufferPointer { ByteStandIns.shared.appendMeaning(of: $0, to: &meaning) }
      return isMeaning ? known.id(of: meaning.elements) : nil
    }
    for token in tokens(addedTokens, configuration, isQwen: isQwen) { added.add(token) }
    try pipeline.setAddedTokens(added.tokens)

    var names: [UInt32: [UInt8]] = [:]
    for (literal, id) in literals { names[id] = literal }
    for token in added.tokens { names[token.id] = token.content }
    return LoadedTokenizer(
      pipeline: pipeline,
      summary: TokenizerSummary(
        format: "vocab.json and merges.txt", model: "byte-level BPE", vocabularySize: size,
        addedTokenCount: added.tokens.count, splitting: pipeline.splittingNames,
        assumptions: isQwen || configuration.className == "GPT2Tokenizer"
          ? [] : ["tokenizer_config.json names no class that is known here, so texts are split as GPT-2 does"]),
      pieces: TokenPieces(vocabulary, added: names))
  }

  private static func tokens(
    _ document: JSONDocument?, _ configuration: TokenizerConfiguration, isQwen: Bool
  ) -> [AddedToken] {
    var tokens: [AddedToken] = []
    var numbered: [(Int, [UInt8])] = []
    document?.root.forEachMember { content, id in
      if let content = content.bytes { numbered.append((id.int ?? 0, content)) }
    }
    for (_, content) in numbered.sorted(by: { $0.0 < $1.0 }) { tokens.append(AddedToken(id: 0, content: content)) }
    tokens += configuration.addedTokens
    // The class's default special token, though the configuration need not say it.
    tokens.append(AddedToken(id: 0, content: Array("<|endoftext|>".utf8)))
    var seen: Set<[UInt8]> = []
    return tokens.filter { seen.insert($0.content).inserted }
  }
}
