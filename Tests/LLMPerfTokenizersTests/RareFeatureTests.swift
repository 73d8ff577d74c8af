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
}
