import Testing

@testable import LLMPerfTokenizers

struct PatternTests {
  private static let qwen35 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let o200k =
    #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  private static func matches(_ pattern: SplitPattern, _ text: String) throws -> [String] {
    var scratch = PatternScratch()
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { bytes in
      try pattern.appendMatches(in: bytes, tables: .shared, scratch: &scratch)
      return scratch.matches.elements.map {
        String(decoding: bytes[Int($0.start)..<Int($0.end)], as: UTF8.self)
      }
    }
  }

  @Test(arguments: [
    VocabularyMergesFormat.qwenPattern, qwen35, o200k, GPT2Scanner.pattern, DeepSeekScanner.pattern, #"\s?\p{L}+"#,
    #"\p{N}{1,3}"#, "[\r\n]",
  ])
  func `the scanner of a known pattern does what the pattern says`(pattern: String) throws {
    let scanner = try SplitPattern(regex: pattern, tables: .shared)
    if case .regex = scanner { Issue.record("the pattern has no scanner") }
    let program = SplitPattern.regex(try RegexProgram(pattern))
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      let text = generator.text(length: Int.random(in: 1...30, using: &generator))
      #expect(try Self.matches(scanner, text) == Self.matches(program, text), "\(text.debugDescription)")
    }
  }

  @Test(arguments: [
    (#"a*?b"#, "aab ab", ["aab", "ab"]), (#"a++b|a"#, "aaab aa", ["aaab", "a", "a"]),
    (#"(?<=x)y|z(?!y)"#, "xyyzyz", ["y", "z"]), (#"(\w)\1"#, "aabbc", ["aa", "bb"]),
    (#"^\w+$"#, "ab\ncd", ["ab", "cd"]),
    (#"[a-z&&[^aeiou]]+"#, "hello", ["h", "ll"]), (#"\h{2}"#, "0fGg12", ["0f", "12"]),
    (#"(?i:straße)"#, "STRAßE strasse", ["STRAßE", "strasse"]), (#"(?i:xss+)"#, "xß xSſ", ["xSſ"]),
    (#"(?i:ffi)"#, "ﬃ ﬀi", ["ﬃ"]), (#"(?i:s)s"#, "ß Ss", ["Ss"]), (#"(?i:σµ)"#, "ςΜ", ["ςΜ"]),
    (#"\bfoo\b"#, "foo food foo", ["foo", "foo"]), (#"\X"#, "e\u{301}x", ["e\u{301}", "x"]),
    (#"(?>a|ab)c"#, "abc ac", ["ac"]),
    (#"x{2}"#, "xxxxx", ["xx", "xx"]), (#"\p{Han}+"#, "a今天b", ["今天"]), (#"[^\P{L}]"#, "1a", ["a"]),
    (#"(?:a|b)*c"#, "abac", ["abac"]), (#"\x{4eca}|\u5929"#, "今天", ["今", "天"]),
  ])
  func `the matcher follows Oniguruma's rules`(pattern: String, text: String, wanted: [String]) throws {
    #expect(try Self.matches(.regex(RegexProgram(pattern)), text) == wanted)
  }

  @Test(arguments: ["(", "[a", "*", #"\p{Nonsense}"#, "(?<=a*)b", "(?", #"\K"#, "a{2}{3}(", #"\2"#, "(?i:[ß])"])
  func `what cannot be matched is an error when loading`(pattern: String) {
    #expect(throws: TokenizerError.self) { try RegexProgram(pattern) }
  }

  @Test
  func `a run that is repeated does not explode`() throws {
    let pattern = SplitPattern.regex(try RegexProgram(#"\w{1,2}+-"#))
    let text = String(repeating: "a", count: 400)
    #expect(try Self.matches(pattern, text).isEmpty)
    #expect(try Self.matches(pattern, text + "-") == [text + "-"])
  }

  @Test
  func `a pattern that explodes ends in an error`() throws {
    let pattern = SplitPattern.regex(try RegexProgram(#"(?:(?:a|aa)+)+b"#))
    #expect(throws: TokenizerError.self) { try Self.matches(pattern, String(repeating: "a", count: 60)) }
  }
}
