import LLMPerfBytes

/// Reads the `model` of a `tokenizer.json`.
struct ModelReader {
  let json: JSONValue
  /// Whether the text arrives as bytes that the file spells with stand-ins.
  let isByteLevel: Bool

  private(set) var vocabulary: Vocabulary
  /// Entries of a byte-level vocabulary that no text can become.
  private(set) var literals: [[UInt8]: UInt32] = [:]
  private(set) var model: EncodingPipeline.Model?
  private(set) var typeName = ""

  /// How many tokens the model has; added tokens are numbered from here.
  var size: Int { vocabularySize ?? vocabulary.count + literals.count }
  private var vocabularySize: Int?

  /// What kind of model an object is; old files do not say it.
  static func typeName(_ json: JSONValue) -> String {
    if let name = json["type"]?.string { return name }
    if json["merges"] != nil { return "BPE" }
    if json["vocab"]?.kind == .array { return "Unigram" }
    return json["max_input_chars_per_word"] != nil || json["continuing_subword_prefix"] != nil
      ? "WordPiece" : "WordLevel"
  }

  /// Whether a byte-pair model can work on bytes instead of stand-ins.
  static func allowsBytes(_ json: JSONValue) -> Bool {
    guard typeName(json) == "BPE" else { return false }
    let affixes = [json["continuing_subword_prefix"], json["end_of_word_suffix"]]
    return json["byte_fallback"]?.bool != true && affixes.allSatisfy { ($0?.bytes ?? []).isEmpty }
  }

  init(_ json: JSONValue, isByteLevel: Bool) throws(TokenizerError) {
    self.json = json
    self.isByteLevel = isByteLevel
    typeName = Self.typeName(json)
    guard let vocab = json["vocab"] else { throw .malformed("the model has no vocab") }
    vocabulary = Vocabulary(capacity: vocab.nodeCount / 2)
    switch typeName {
    case "BPE":
      try readVocabulary(vocab)
      try readBytePair()
    case "Unigram": try readUnigram(vocab)
    case "WordPiece":
      try readVocabulary(vocab)
      model = .wordPiece(
        WordPieceModel(
          vocabulary, continuingPrefix: json["continuing_subword_prefix"]?.bytes ?? Array("##".utf8),
          unknown: try requiredUnknown(default: "[UNK]"), longestWord: json["max_input_chars_per_word"]?.int ?? 100))
    case "WordLevel":
      try readVocabulary(vocab)
      let unknown = json["unk_token"]?.bytes ?? Array("<unk>".utf8)
      model = .wordLevel(WordLevelModel(vocabulary: vocabulary, unknown: vocabulary.id(of: unknown)))
    default:
      throw .unsupported("the model type \"\(typeName)\" is none of BPE, Unigram, WordPiece and WordLevel")
    }
  }

  /// The model's id of a token as the file spells it.
  func id(ofSpelling spelling: [UInt8]) -> UInt32? {
    guard isByteLevel else { return vocabulary.id(of: spelling) }
    var meaning = GrowableBuffer<UInt8>()
    let isMeaning = spelling.withUnsafeBufferPointer { ByteStandIns.shared.appendMeaning(of: $0, to: &meaning) }
    return isMeaning ? vocabulary.id(of: meaning.elements) : literals[spelling]
  }

  private func requiredUnknown(default name: String) throws(TokenizerError) -> UInt32 {
    let unknown = json["unk_token"]?.bytes ?? Array(name.utf8)
    guard let id = vocabulary.id(of: unknown) else {
      throw .malformed("the model's unk_token \(String(decoding: unknown, as: UTF8.self)) is not in its vocabulary")
    }
    return id
  }

  private mutating func readVocabulary(_ vocab: JSONValue) throws(TokenizerError) {
    guard vocab.kind == .object else { throw .malformed("the model's vocab is not an object") }
    var spelling: [UInt8] = []
    var meaning = GrowableBuffer<UInt8>()
    let standIns = ByteStandIns.shared
    try vocab.forEachMember { (key, value) throws(TokenizerError) in
      guard let id = value.int, id >= 0 else { throw .malformed("the vocab has an id that is not a whole number") }
      spelling.removeAll(keepingCapacity: true)
      JSONString.decode(key.rawString, into: &spelling)
      meaning.removeAll()
      if !isByteLevel {
        try vocabulary.insert(spelling, id: id)
      } else if spelling.withUnsafeBufferPointer({ standIns.appendMeaning(of: $0, to: &meaning) }) {
        try vocabulary.insert(meaning.elements, id: id)
      } else {
        guard id < Vocabulary.largest else { throw .unsupported("the token id \(id) is too large") }
        literals[spelling] = UInt32(id)
      }
    }
  }

  private mutating func readBytePair() throws(TokenizerError) {
    if let dropout = json["dropout"]?.double, dropout != 0 {
      throw .unsupported("the model's dropout \(dropout) would make counts random")
    }
    var options = BytePairModel.Options()
    options.fusesUnknown = json["fuse_unk"]?.bool ?? false
    options.ignoresMerges = json["ignore_merges"]?.bool ?? false
    options.continuingPrefix = json["continuing_subword_prefix"]?.bytes ?? []
    options.endOfWordSuffix = json["end_of_word_suffix"]?.bytes ?? []
    if json["byte_fallback"]?.bool ?? false { options.byteTokens = ByteFallback.tokens(in: vocabulary) }
    let symbols = isByteLevel ? SymbolTable(bytesOf: vocabulary) : SymbolTable(scalarsOf: vocabulary)
    if let unknown = json["unk_token"]?.bytes {
      options.unknown = id(ofSpelling: unknown)
      let isNeeded = !isByteLevel || symbols.bytes.contains(SymbolTable.unknown)
      if options.unknown == nil, isNeeded {
        throw .malformed("the model's unk_token \(String(decoding: unknown, as: UTF8.self)) is not in its vocabulary")
      }
    }
    var reader = MergeReader(
      isByteLevel: isByteLevel, prefixCount: Self.scalarCount(options.continuingPrefix),
      capacity: (json["merges"]?.nodeCount ?? 0) / 2)
    try json["merges"]?.forEachElement { (merge) throws(TokenizerError) in try reader.add(merge, vocabulary) }
    model = .bytePair(try BytePairModel(vocabulary, reader.merges, symbols: symbols, options: options))
  }

  private static func scalarCount(_ bytes: [UInt8]) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }

  private mutating func readUnigram(_ vocab: JSONValue) throws(TokenizerError) {
    guard vocab.kind == .array else { throw .malformed("a Unigram model's vocab is not a list") }
    var scores: [Double] = []
    var lowest = Double.infinity
    var spelling: [UInt8] = []
    try vocab.forEachElement { (entry) throws(TokenizerError) in
      let parts = entry.elements
      guard parts.count == 2, parts[0].kind == .string, let score = parts[1].double else {
        throw .malformed("the Unigram vocab has an entry that is not a piece and a score")
      }
      spelling.removeAll(keepingCapacity: true)
      JSONString.decode(parts[0].rawString, into: &spelling)
      try vocabulary.insert(spelling, id: scores.count)
      scores.append(score)
      lowest = min(lowest, score)
    }
    guard !scores.isEmpty else { throw .malformed("the Unigram vocab is empty") }
    vocabularySize = scores.count
    let unknown = json["unk_id"]?.int
    if let unknown, !scores.indices.contains(unknown) { throw .malformed("the unk_id is not in the vocab") }
    model = .unigram(
      UnigramModel(
        vocabulary, matchable: [Bool](repeating: true, count: vocabulary.idEnd), scores: scores, lowestScore: lowest,
        unknown: unknown.map { UInt32($0) },
        byteTokens: json["byte_fallback"]?.bool ?? false ? ByteFallback.tokens(in: vocabulary) : [],
        arithmetic: .double))
  }
}
