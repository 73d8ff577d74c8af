import LLMPerfBytes

/// Reads Mistral's `tekken.json`.
///
/// Ids are ranks plus the number of special tokens; special strings in a text stay text.
enum TekkenFormat {
  static func load(_ document: JSONDocument) throws(TokenizerError) -> LoadedTokenizer {
    let root = document.root
    guard let config = root["config"], let pattern = config["pattern"]?.string,
      let size = config["default_vocab_size"]?.int, let specials = config["default_num_special_tokens"]?.int,
      let vocab = root["vocab"], vocab.kind == .array, specials >= 0, size > specials, size <= Vocabulary.largest
    else { throw .malformed("it lacks a part of config, or vocab, so it is no tekken.json") }
    // Ranks and ids differ by a constant, so that ids are used throughout and their order is the ranks'.
    var ranked = RankedVocabulary(capacity: size)
    var left = size - specials
    var token: [UInt8] = []
    try vocab.forEachElement { (entry) throws(TokenizerError) in
      guard left > 0 else { return }
      left -= 1
      guard let text = entry["token_bytes"], text.kind == .string, let rank = entry["rank"]?.int, rank >= 0 else {
        throw .malformed("an entry of vocab has no token_bytes or no rank")
      }
      guard Base64.decode(text.rawString, into: &token, padding: .optional), !token.isEmpty else {
        throw .malformed("the token_bytes of an entry are not base64")
      }
      try ranked.insert(token, rank: rank + specials)
    }
    let splitter = Splitter(
      pattern: try SplitPattern(regex: pattern, tables: .shared), behavior: .isolated, isInverted: false)
    let pipeline = EncodingPipeline(
      model: .bytePair(try ranked.model()), preTokenizer: PreTokenizer(steps: [.split(splitter)]))
    var names: [UInt32: [UInt8]] = [:]
    root["special_tokens"]?.forEachElement { entry in
      if let rank = entry["rank"]?.int, let name = entry["token_str"]?.bytes, let id = UInt32(exactly: rank) {
        names[id] = name
      }
    }
    return LoadedTokenizer(
      pipeline: pipeline,
      summary: TokenizerSummary(
        format: "tekken.json", model: "byte-level BPE by rank", vocabularySize: size, addedTokenCount: 0,
        splitting: pipeline.splittingNames),
      pieces: TokenPieces(ranked.vocabulary, added: names))
  }
}
