import LLMPerfBytes

/// Reads tiktoken's form, lines of a base64 token and its rank, in which the pattern and the special tokens are not
/// part of the file: they are known for Qwen, Llama 3, Llama 4 and OpenAI's encodings.
enum TiktokenFormat {
  private struct Kind {
    var name: String
    var pattern: String
    var normalizes = false
    var specials: [(String, Int)] = []
    var prefix: [UInt32] = []
    var assumption: String?
  }

  private static func cl100k(_ digits: String) -> String {
    VocabularyMergesFormat.qwenPattern.replacing(#"|\p{N}| "#, with: #"|\p{N}\#(digits)| "#)
  }

  private static let o200k = [
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#,
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#,
    #"\p{N}{1,3}"#, #" ?[^\s\p{L}\p{N}]+[\r\n/]*"#, #"\s*[\r\n]+"#, #"\s+(?!\S)"#, #"\s+"#,
  ].joined(separator: "|")

  /// Whether the bytes begin as this form does: base64, a space, a number.
  static func isRecognised(_ bytes: UTF8Bytes) -> Bool {
    var lines = TextLines(bytes.slice(0, min(bytes.count, 4096)))
    guard let line = lines.next(), let space = line.firstIndex(of: 0x20), space > 0, space + 1 < line.count else {
      return false
    }
    return Base64.decode(line.slice(0, space), padding: .optional) != nil
      && line[(space + 1)...].allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  static func load(
    _ file: MappedFile, configuration: TokenizerConfiguration, options: Tokenizer.Options
  ) throws(TokenizerError) -> LoadedTokenizer {
    var ranked = RankedVocabulary(capacity: file.bytes.count / 16)
    var lines = TextLines(file.bytes)
    var token: [UInt8] = []
    while let line = lines.next() {
      if line.isEmpty { continue }
      guard let space = line.firstIndex(of: 0x20),
        let rank = Int(String(decoding: line[(space + 1)...], as: UTF8.self))
      else { throw .malformed("a line is not a base64 token and a rank") }
      guard Base64.decode(line.slice(0, space), into: &token, padding: .optional), !token.isEmpty else {
        throw .malformed("a line is not a base64 token and a rank")
      }
      try ranked.insert(token, rank: rank)
    }
    let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
    let kind = kind(of: name, ranked.vocabulary, configuration)
    let tables = UnicodeTables.shared
    let pattern = try SplitPattern(regex: kind.pattern, tables: tables)
    var pipeline = EncodingPipeline(
      model: .bytePair(try ranked.model()),
      preTokenizer: PreTokenizer(steps: [
        .split(Splitter(pattern: pattern, behavior: .isolated, isInverted: false))
      ]))
    // Qwen 1 normalizes the whole text before it looks for special tokens, which are in the form already.
    if kind.normalizes { pipeline.normalizer = Normalizer(steps: [.form(.nfc)]) }
    let added = kind.specials.map { AddedToken(id: UInt32($0.1), content: Array($0.0.utf8)) }
    try pipeline.setAddedTokens(added)
    if options.specialTokens == .configuration { pipeline.prefix = kind.prefix }
    return LoadedTokenizer(
      pipeline: pipeline,
      summary: TokenizerSummary(
        format: "tiktoken (\(kind.name))", model: "byte-level BPE by rank",
        vocabularySize: ranked.vocabulary.count, addedTokenCount: added.count, splitting: pipeline.splittingNames,
        assumptions: kind.assumption.map { [$0] } ?? []),
      pieces: TokenPieces(
        ranked.vocabulary, added: Dictionary(added.map { ($0.id, $0.content) }, uniquingKeysWith: { $1 })))
  }

  private static func kind(
    of name: String, _ vocabulary: Vocabulary, _ configuration: TokenizerConfiguration
  ) -> Kind {
    let count = vocabulary.count
    if configuration.className == "QWenTokenizer" || name.hasPrefix("qwen") || count == 151_643 { return qwen }
    switch count {
    case 128_000: return llama3
    case 200_000:
      return Kind(name: "Llama 4", pattern: o200k, prefix: [200_000])
    case 199_998:
      return Kind(
        name: "o200k", pattern: o200k, specials: [("<|endoftext|>", 199_999), ("<|endofprompt|>", 200_018)])
    case 100_256:
      let names = ["<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"]
      return Kind(
        name: "cl100k", pattern: cl100k("{1,3}"),
        specials: names.enumerated().map { ($1, 100_257 + $0) } + [("<|endofprompt|>", 100_276)])
    case 50_256, 50_280:
      return Kind(name: "GPT-2", pattern: GPT2Scanner.pattern, specials: [("<|endoftext|>", 50_256)])
    default:
      return Kind(
        name: "pattern assumed", pattern: cl100k("{1,3}"),
        assumption:
          "the pattern is not in the file and the vocabulary is not known here, so texts are split as cl100k does")
    }
  }

  private static var qwen: Kind {
    let names = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" }
    return Kind(
      name: "Qwen", pattern: cl100k(""), normalizes: true, specials: names.enumerated().map { ($1, 151_643 + $0) })
  }

  private static var llama3: Kind {
    let head = [
      "begin_of_text", "end_of_text", "reserved_special_token_0", "reserved_special_token_1",
      "finetune_right_pad_id", "step_id", "start_header_id", "end_header_id", "eom_id", "eot_id", "python_tag", "image",
    ]
    let names = head + (2..<(256 - head.count + 2)).map { "reserved_special_token_\($0)" }
    return Kind(
      name: "Llama 3", pattern: cl100k("{1,3}"),
      specials: names.enumerated().map { ("<|\($1)|>", 128_000 + $0) }, prefix: [128_000])
  }
}
