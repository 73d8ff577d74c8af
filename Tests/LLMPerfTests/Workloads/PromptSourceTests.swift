import LLMPerf
import Testing

struct PromptSourceTests {
  /// A data set of a few prompts; counts its passes.
  private struct Few: DatasetPlugin {
    let prompts: [String]
    var checksAhead = false

    func makeReader() -> any PromptReader { Reader(rest: prompts[...]) }

    struct Reader: PromptReader {
      var rest: ArraySlice<String>
      mutating func next() -> Prompt? { rest.popFirst().map { Prompt($0) } }
    }
  }

  private static func take(_ source: inout PromptSource, _ most: Int = 100) throws -> [String] {
    var taken: [String] = []
    while taken.count < most, let prompt = try source.next() { taken.append(prompt.text) }
    return taken
  }

  @Test
  func `one prompt is repeated as often as asked`() throws {
    var source = PromptSource(repeating: Prompt("a"), number: 3)
    #expect(try Self.take(&source) == ["a", "a", "a"])
    #expect(try source.next() == nil)
    #expect(!source.checksAhead)
  }

  @Test(arguments: [(nil, "abc"), (2, "ab"), (3, "abc"), (7, "abcabca")] as [(Int?, String)])
  func `a data set is begun again until there are enough`(number: Int?, expected: String) throws {
    var source = PromptSource(Few(prompts: ["a", "b", "c"]), limits: .init(), number: number)
    #expect(try Self.take(&source).joined() == expected)
    #expect(source.hasRepeated == (expected.count > 3))
    #expect(try source.next() == nil)
  }

  @Test(arguments: [true, false])
  func `prompts that were read ahead come once and in order`(isEndless: Bool) throws {
    var source = PromptSource(
      Few(prompts: ["a", "b", "c"], checksAhead: true), limits: .init(), number: isEndless ? 10_000 : nil)
    try source.readAhead()
    let taken = try Self.take(&source, 20_000)
    #expect(taken.count == (isEndless ? 10_000 : 3))
    #expect(taken.enumerated().allSatisfy { $0.element == ["a", "b", "c"][$0.offset % 3] })
    var plain = PromptSource(Few(prompts: ["a", "b"]), limits: .init(), number: nil)
    try plain.readAhead()
    #expect(try Self.take(&plain) == ["a", "b"])
  }

  @Test
  func `reading ahead finds what is wrong`() throws {
    var source = PromptSource(Few(prompts: []), limits: .init(), number: nil)
    #expect(throws: UsageError.self) { try source.readAhead() }
  }

  @Test
  func `limits are strict, and count Unicode scalars`() throws {
    let prompts = ["", "a", "ab", "äöü", "abcd", "e\u{301}x"]
    var source = PromptSource(Few(prompts: prompts), limits: .init(minimum: 1, maximum: 4), number: nil)
    #expect(try Self.take(&source) == ["ab", "äöü", "e\u{301}x"])
    #expect(source.skipped == 3)
  }

  @Test
  func `an empty prompt passes no limits`() throws {
    var source = PromptSource(Few(prompts: ["", "a"]), limits: .init(), number: 3)
    #expect(try Self.take(&source) == ["a", "a", "a"])
    #expect(source.skipped == 3)
  }

  @Test
  func `limits in tokens hold besides`() throws {
    let limits = PromptSource.Limits(minimum: 0, maximum: 10, tokens: (1, 3, { $0.count / 2 }))
    var source = PromptSource(Few(prompts: ["ab", "abcd", "abcdef"]), limits: limits, number: nil)
    #expect(try Self.take(&source) == ["abcd"])
  }

  @Test(
    arguments: [
      ([], 0, Int.max, "the data set holds no prompt"),
      (["a", "bb"], 5, Int.max, "the data set holds 2 prompts and none of more than 5 characters"),
      (["a", "bb"], 2, 9, "the data set holds 2 prompts and none of between 2 and 9 characters"),
    ] as [([String], Int, Int, String)])
  func `a data set of which nothing is left says why`(
    prompts: [String], minimum: Int, maximum: Int, words: String
  ) throws {
    var source = PromptSource(
      Few(prompts: prompts), limits: .init(minimum: minimum, maximum: maximum), number: 5)
    let error = #expect(throws: UsageError.self) { try source.next() }
    #expect(error?.message.hasPrefix(words) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 2), ("😀", 1), ("日本", 2)])
  func `a prompt's length is its number of Unicode scalars`(text: String, count: Int) {
    #expect(Prompt(text).scalarCount == count)
  }
}
