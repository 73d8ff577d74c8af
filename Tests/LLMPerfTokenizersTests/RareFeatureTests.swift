import Testing

@testable import LLMPerfTokenizers

/// Rules that few tokenizer files depend on. The expected ids are the reference library's.
struct RareFeatureTests {
  /// A tokenizer of single characters with more members in its file.
  private static func tokenizer(_ parts: String...) throws -> Tokenizer {
    let model = #"""
      "model": {"type": "BPE", "merges": [], "unk_token": "<unk>", "vocab":
        {"<unk>": 0, "a": 1, "b": 2, "f": 3, "i": 4, "_": 5, "▁": 6, " ": 7, "q": 8}}
      """#
    return try Tokenizer(json: Array("{\(([model] + parts).joined(separator: ", "))}".utf8))
  }

  private static func added(_ tokens: String...) -> String {
    "\"added_tokens\": [\(tokens.map { "{\"id\": 9, \($0)}" }.joined(separator: ", "))]"
  }

  @Test(
    arguments: [
      (#"{"type": "Prepend", "prepend": "_"}"#, "ab", [6, 5, 6, 1, 2]),
      (#"{"type": "NFKC"}"#, "\u{FB01}a", [6, 3, 6, 4, 1]),
      (#"{"type": "Replace", "pattern": {"String": "ab"}, "content": "f"}"#, "aba", [3, 1]),
      (#"{"type": "Replace", "pattern": {"Regex": "ab"}, "content": "f"}"#, "aba", [3, 1]),
      (#"{"type": "Replace", "pattern": {"String": "a"}, "content": "fi"}"#, "ab", [6, 3, 6, 4, 2]),
      (#"{"type": "Strip", "strip_left": true, "strip_right": false}"#, " ab", [1, 2]),
      (#"{"type": "Nmt"}"#, "\u{1}ab", [1, 2]),
      (
        #"{"type": "BertNormalizer", "clean_text": false, "lowercase": false, "strip_accents": false}"#, "今a",
        [6, 6, 0, 6, 1]
      ),
    ] as [(String, String, [UInt32])])
  func `the first piece is each piece that comes from the text's first character`(
    normalizer: String, text: String, ids: [UInt32]
  ) throws {
    let pieces = #"""
      "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
        {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": false},
        {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}]}
      """#
    #expect(try Self.tokenizer("\"normalizer\": \(normalizer)", pieces).encode(text) == ids)
  }

  @Test(
    arguments: [("\"lstrip\": true, \"rstrip\": true", [1, 9, 2]), ("\"rstrip\": true", [1, 9, 9, 2])]
      as [(String, [UInt32])])
  func `an added token in white space that was taken is found unless nothing is left of it`(
    flags: String, ids: [UInt32]
  ) throws {
    #expect(try Self.tokenizer(Self.added("\"content\": \"\\n\", \(flags)")).encode("a\n \n b") == ids)
  }

  @Test(arguments: [(false, 9), (true, 10)] as [(Bool, UInt32)])
  func `of added tokens that normalization makes equal the first is found, a special one before others`(
    isSpecial: Bool, id: UInt32
  ) throws {
    let tokenizer = try Self.tokenizer(
      #""normalizer": {"type": "Lowercase"}"#,
      Self.added(
        #""content": "QX", "normalized": true"#,
        #""content": "qx", "normalized": true, "special": \#(isSpecial)"#))
    #expect(try tokenizer.encode("qx") == [id])
  }

  @Test(arguments: [
    (false, false, true, true), (false, true, false, true), (true, false, true, false), (true, true, true, false),
  ])
  func `a content that is added twice is looked for in both ways unless it is special once`(
    isFirstSpecial: Bool, isSecondSpecial: Bool, isFoundBefore: Bool, isFoundAfter: Bool
  ) throws {
    let tokenizer = try Self.tokenizer(
      #""normalizer": {"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"String": "aQ"}, "content": "b"},"#
        + #" {"type": "Lowercase"}]}"#,
      Self.added(
        #""content": "QX", "normalized": false, "special": \#(isFirstSpecial)"#,
        #""content": "QX", "normalized": true, "special": \#(isSecondSpecial)"#))
    #expect(try tokenizer.encode("aQX") == (isFoundBefore ? [1, 9] : [2, 0]))
    #expect(try tokenizer.encode("qx") == (isFoundAfter ? [9] : [8, 0]))
  }

  private static let template = #"""
    {"type": "TemplateProcessing",
     "single": [{"SpecialToken": {"id": "x"}}, {"Sequence": {"id": "A"}}],
     "pair": [{"Sequence": {"id": "B"}}, {"SpecialToken": {"id": "x"}}, {"Sequence": {"id": "A"}}],
     "special_tokens": {"x": {"id": "x", "ids": [3, 4], "tokens": ["f", "i"]}}}
    """#
  private static let bert = #"{"type": "BertProcessing", "sep": ["b", 2], "cls": ["a", 1]}"#
  private static let roberta = #"{"type": "RobertaProcessing", "sep": ["b", 2], "cls": ["a", 1]}"#

  @Test(
    arguments: [
      ([template, bert], [1, 3, 4, 2, 8, 2]), ([template, roberta], [1, 3, 4, 2, 2, 8, 2]),
      ([bert, template], [3, 4, 1, 8, 2]), ([template, template], [8, 3, 4, 3, 4]),
    ] as [([String], [UInt32])])
  func `a post-processor works on what the one before it left`(steps: [String], ids: [UInt32]) throws {
    let sequence = #""post_processor": {"type": "Sequence", "processors": [\#(steps.joined(separator: ", "))]}"#
    #expect(try Self.tokenizer(sequence).encode("q") == ids)
  }

  @Test
  func `three parts are too many for a template`() throws {
    let steps = [Self.template, Self.template, Self.template].joined(separator: ", ")
    let error = try #require(throws: TokenizerError.self) {
      try Self.tokenizer(#""post_processor": {"type": "Sequence", "processors": [\#(steps)]}"#)
    }
    #expect(error.code == .unsupported)
    #expect(error.message.contains("TemplateProcessing"))
  }

  @Test(arguments: [
    ("[[:punct:]]", "=🙂-"), (#"\p{Punct}"#, "-"), ("[[:alpha:]]", "aⅷⅧΩʰ"), ("[[:upper:]]", "ⅧΩ"),
    ("[[:word:]]", "aⅷⅧ\u{301}Ωʰ"), (#"\w"#, "aⅷⅧ²\u{301}Ωʰ"),
    (#"[\w-]"#, "aⅷⅧ\u{301}Ωʰ-"), (#"[^\W]"#, "aⅷⅧ\u{301}Ωʰ"), ("[[:graph:]]", "a=🙂ⅷⅧ²\u{301}Ωʰ-"),
    (#"\p{Print}"#, "a=🙂ⅷⅧ²\u{A0}\u{301}Ωʰ-"), (#"\p{C}"#, "\u{378}"), (#"\p{Emoji}"#, "🙂"),
    (#"\p{Grek}"#, "Ω"), (#"\p{Decimal_Number}"#, ""),
  ])
  func `POSIX classes and named properties hold the reference's characters`(pattern: String, wanted: String) throws {
    let set = try RegexParser.set(pattern)
    let text = "a=🙂ⅷⅧ²\u{A0}\u{378}\u{301}Ωʰ-"
    var found = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where set.contains(scalar.value) { found.append(scalar) }
    #expect(Array(found) == Array(wanted.unicodeScalars))
  }
}

extension RareFeatureTests {
  @Test
  func `a character without a token of its own does not matter where a longer piece covers it`() throws {
    let json = #"{"model": {"type": "Unigram", "unk_id": null, "vocab": [["ab", -1], ["a", -1]]}}"#
    let tokenizer = try Tokenizer(json: Array(json.utf8))
    #expect(throws: TokenizerError.self) { try tokenizer.encode("b") }
    #expect(try tokenizer.encode("aab") == [1, 0])
  }
}

extension RegexParser {
  /// The set that a pattern of one class is.
  fileprivate static func set(_ pattern: String) throws -> CharacterSet {
    var parser = RegexParser(pattern)
    guard case .set(let set) = try parser.parse() else { throw parser.fault("it is more than a class") }
    return set
  }
}
