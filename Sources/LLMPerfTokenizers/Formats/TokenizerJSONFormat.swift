/// Reads `tokenizer.json`, as the reference library runs it, with what `transformers` 4 takes from
/// `tokenizer_config.json`.
enum TokenizerJSONFormat {
  static func load(
    _ document: JSONDocument, configuration: TokenizerConfiguration, options: Tokenizer.Options
  ) throws(TokenizerError) -> LoadedTokenizer {
    let root = document.root
    guard root.kind == .object, let modelJSON = root["model"], modelJSON.kind == .object else {
      throw .malformed("it has no model, so it is no tokenizer.json")
    }
    let tables = UnicodeTables.shared
    var steps = try preTokenization(root["pre_tokenizer"], configuration, tables: tables)
    var isByteLevel = false
    if case .byteStandIns = steps.last, ModelReader.allowsBytes(modelJSON) {
      // The vocabulary is translated instead of the text.
      isByteLevel = true
      steps.removeLast()
    }
    let reader = try ModelReader(modelJSON, isByteLevel: isByteLevel)
    guard let model = reader.model else { throw .malformed("the model cannot be read") }
    var description = reader.typeName
    if case .bytePair(let model) = model, let borders = model.borders { steps.append(.borders(borders)) }
    if isByteLevel { description = "byte-level \(description)" }

    var pipeline = EncodingPipeline(model: model, preTokenizer: PreTokenizer(steps: steps))
    if let json = root["normalizer"] {
      let steps = try NormalizerReader.steps(json, tables: tables)
      if !steps.isEmpty { pipeline.normalizer = Normalizer(steps: steps) }
    }
    var added = AddedVocabulary(vocabularySize: reader.size) { reader.id(ofSpelling: $0) }
    root["added_tokens"]?.forEachElement { token in
      if let token = AddedToken(token) { added.add(token) }
    }
    addMissing(configuration.addedTokens, to: &added)
    try pipeline.setAddedTokens(added.tokens)
    try setSpecialTokens(root["post_processor"], configuration, options, added, &pipeline)

    var names: [UInt32: [UInt8]] = [:]
    for (literal, id) in reader.literals { names[id] = literal }
    for token in added.tokens { names[token.id] = token.content }
    return LoadedTokenizer(
      pipeline: pipeline,
      summary: TokenizerSummary(
        format: "tokenizer.json", model: description, vocabularySize: reader.size,
        addedTokenCount: added.tokens.count, splitting: pipeline.splittingNames),
      pieces: TokenPieces(reader.vocabulary, added: names))
  }

  private static func preTokenization(
    _ json: JSONValue?, _ configuration: TokenizerConfiguration, tables: UnicodeTables
  ) throws(TokenizerError) -> [PreTokenizationStep] {
    guard let json else { return [] }
    if json["type"]?.string == "ByteLevel", configuration.exists {
      // At the top level, transformers sets this from its own configuration.
      return PreTokenizerReader.byteLevel(
        addsPrefixSpace: configuration.addsPrefixSpace, splits: json["use_regex"]?.bool ?? true, tables: tables)
    }
    return try PreTokenizerReader.steps(json, tables: tables)
  }

  /// Adds the tokens of the configuration that the file does not have.
  private static func addMissing(_ tokens: [AddedToken], to added: inout AddedVocabulary) {
    var known = Set(added.tokens.map(\.content))
    for token in tokens where known.insert(token.content).inserted { added.add(token) }
  }

  private static func setSpecialTokens(
    _ json: JSONValue?, _ configuration: TokenizerConfiguration, _ options: Tokenizer.Options,
    _ added: AddedVocabulary, _ pipeline: inout EncodingPipeline
  ) throws(TokenizerError) {
    if options.specialTokens == .configuration, let own = configuration.ownSpecialTokens() {
      pipeline.prefix = own.prefix.compactMap { added.id(of: $0) }
      pipeline.suffix = own.suffix.compactMap { added.id(of: $0) }
    } else {
      let frame = try SpecialTokenFrame(json)
      pipeline.prefix = frame.prefix
      pipeline.suffix = frame.suffix
    }
  }
}

extension EncodingPipeline {
  /// Sets up the search for added tokens; those with `normalized` are looked for as the normalizer leaves them.
  mutating func setAddedTokens(_ tokens: [AddedToken]) throws(TokenizerError) {
    let raw = tokens.filter { !$0.isNormalized }
    let normalized = tokens.filter(\.isNormalized)
    rawTokens = AddedTokenMatcher(raw, patterns: raw.map(\.content))
    var patterns: [[UInt8]] = []
    for token in normalized {
      patterns.append(try normalizer?.apply(token.content, tables: tables) ?? token.content)
    }
    normalizedTokens = AddedTokenMatcher(normalized, patterns: patterns)
  }

  /// What the splits are called, in order.
  var splittingNames: [String] {
    preTokenizer.steps.compactMap { if case .split(let splitter) = $0 { splitter.pattern.name } else { nil } }
  }
}
