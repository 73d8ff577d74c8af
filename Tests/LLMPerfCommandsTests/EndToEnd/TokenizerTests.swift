import Foundation
import LLMPerf
import LLMPerfSQLite
import LLMPerfSimulator
import Testing

struct TokenizerTests {
  /// A tokenizer of a few words, with a token that is put in front.
  private static let words = #"""
    {"model": {"type": "WordLevel", "vocab": {"<unk>": 0, "hello": 1, "world": 2, "<s>": 3}, "unk_token": "<unk>"},
     "pre_tokenizer": {"type": "Whitespace"},
     "post_processor": {"type": "TemplateProcessing",
       "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
       "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}}}
    """#

  private static func makeTool() throws -> Tool {
    let tool = try Tool()
    try tool.write(words, to: "words.json")
    try tool.write("hello world hello", to: "text.txt")
    return tool
  }

  @Test(arguments: [
    ([], "3\n"), (["--special-tokens"], "4\n"), (["--ids"], "1 2 1\n"),
    (["--pieces"], "1\t\"hello\"\n2\t\"world\"\n1\t\"hello\"\n"),
  ])
  func `tokenize prints the number, the ids or the pieces`(options: [String], wanted: String) throws {
    let tool = try Self.makeTool()
    let result = try tool.run(["tokenize", "--tokenizer-path", "words.json", "text.txt"] + options)
    #expect(result.output == wanted)
    #expect(result.errors.isEmpty)
    #expect(result.status == 0)
  }

  @Test
  func `an empty standard input has no tokens, and the time is told beside the result`() throws {
    let tool = try Self.makeTool()
    let result = try tool.run("tokenize", "--tokenizer-path", "words.json", "--time", "-")
    #expect(result.output == "0\n")
    #expect(result.errors.contains("WordLevel, 4 tokens"))
    #expect(result.errors.contains("MB/s"))
  }

  @Test(arguments: [
    ("missing", "--tokenizer-path missing: there is no such file or folder"),
    ("folder", "--tokenizer-path folder: the folder has none of tokenizer.json, "),
    ("cut.json", "--tokenizer-path cut.json: is not JSON: "),
    ("shout.json", "the normalizer type \"Shout\" is not known"),
  ])
  func `a tokenizer that cannot be used ends both commands before anything is sent`(
    path: String, message: String
  ) throws {
    let tool = try Self.makeTool()
    try FileManager.default.createDirectory(
      at: tool.folder.appending(path: "folder"), withIntermediateDirectories: true)
    try tool.write(String(Self.words.prefix(100)), to: "cut.json")
    try tool.write(#"{"normalizer": {"type": "Shout"}, \#(Self.words.dropFirst())"#, to: "shout.json")
    let silent = try SilentPort()
    let commands = [
      ["tokenize", "text.txt"],
      ["perf", "--url", silent.address, "--model", "m", "--prompt", "hi", "--name", "run"],
    ]
    for command in commands {
      let result = try tool.run(command + ["--tokenizer-path", path])
      #expect(result.status == 2)
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    #expect(silent.takeConnections() == 0)
  }

  @Test(arguments: [nil, "during", "after"])
  func `answers are counted during the run or after it, beside the service's counts`(when: String?) throws {
    let tool = try Self.makeTool()
    let result = try tool.run(
      [
        "perf", "--url", "sim:?ttft=2ms&itl=1ms&output-tokens=5", "--model", "m", "--prompt", "hello big world", "-n",
        "6",
        "--parallel", "2", "--name", "run", "--tokenizer-path", "words.json",
      ] + (when.map { ["--count-tokens", $0] } ?? []))
    #expect(result.status == 0, "\(result.errors)")
    var counts: [(usage: Int?, input: Int?, output: Int?)] = []
    try ResultReader(path: tool.path("run.db")).forEachRecord {
      counts.append(($0.usage.output, $0.counted.input, $0.counted.output))
    }
    #expect(counts.count == 6)
    #expect(counts.allSatisfy { $0.usage == 5 && $0.input == 3 && ($0.output ?? 0) > 0 })
    #expect(result.output.contains("Service and tokenizer differ by"))
  }

  @Test
  func `prompts are chosen by their tokens`() throws {
    let tool = try Self.makeTool()
    try tool.write("hello\nhello world hello\nhello world\nhello world hello world hello\n", to: "prompts.txt")
    let result = try tool.run(
      "perf", "--url", "sim:?ttft=1ms&itl=1ms&output-tokens=2", "--model", "m", "--dataset-path", "prompts.txt",
      "--tokenizer-path", "words.json", "--min-prompt-tokens", "1", "--max-prompt-tokens", "5", "--name", "run")
    #expect(result.status == 0, "\(result.errors)")
    var counts: [Int?] = []
    try ResultReader(path: tool.path("run.db")).forEachRecord { counts.append($0.counted.input) }
    #expect(counts == [3, 2])
    let none = try tool.run(
      "perf", "--url", "sim:", "--model", "m", "--dataset-path", "prompts.txt", "--tokenizer-path", "words.json",
      "--min-prompt-tokens", "50", "--name", "none")
    #expect(none.status == 2)
    #expect(none.errors.contains("more than 50 tokens; change --min-prompt-tokens"), "\(none.errors)")
  }
}
