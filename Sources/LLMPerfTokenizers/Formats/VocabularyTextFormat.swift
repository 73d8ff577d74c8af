import LLMPerfBytes

/// Reads `vocab.txt`, BERT's WordPiece vocabulary: the line number is the id.
enum VocabularyTextFormat {
  static func load(_ file: MappedFile, configuration: TokenizerConfiguration) throws(TokenizerError) -> LoadedTokenizer
  {
    guard UTF8Text.isWellFormed(file.bytes) else { throw .malformed("it is not UTF-8") }
    var vocabulary = Vocabulary(capacity: file.bytes.count / 8)
    var lines = TextLines(file.bytes)
    var count = 0
    while let line = lines.next() {
      try vocabulary.insert(line, id: count)
      count += 1
    }
    guard let unknown = vocabulary.id(of: "[UNK]") else {
      throw .malformed("it has no line [UNK], so it is no vocab.txt")
    }
    let model = WordPieceModel(
      vocabulary, continuingPrefix: Array("##".utf8), unknown: unknown, longestWord: 100)
    var pipeline = EncodingPipeline(
      model: .wordPiece(model), preTokenizer: PreTokenizer(steps: PreTokenizerReader.bert))
    pipeline.normalizer = Normalizer(
      steps: NormalizerReader.bert(
        cleans: true, padsChinese: configuration.padsChinese, stripsAccents: configuration.stripsAccents,
        lowercases: configuration.lowercases))
    let known = vocabulary
    var added = AddedVocabulary(vocabularySize: vocabulary.count) { known.id(of: $0) }
    for name in ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"] {
      added.add(AddedToken(id: 0, content: Array(name.utf8)))
    }
    for token in configuration.addedTokens where added.id(of: token.content) == nil { added.add(token) }
    try pipeline.setAddedTokens(added.tokens)
    pipeline.prefix = vocabulary.id(of: "[CLS]").map { [$0] } ?? []
    pipeline.suffix = vocabulary.id(of: "[SEP]").map { [$0] } ?? []
    return LoadedTokenizer(
      pipeline: pipeline,
      summary: TokenizerSummary(
        format: "vocab.txt", model: "WordPiece", vocabularySize: vocabulary.count,
        addedTokenCount: added.tokens.count, splitting: pipeline.splittingNames),
      pieces: TokenPieces(vocabulary, added: Dictionary(added.tokens.map { ($0.id, $0.content) }) { $1 }))
  }
}
