import LLMPerf
import Testing

@testable import LLMPerfExport

struct ConfigurationSectionTests {
  @Test(arguments: [
    ("--model", "--model"), ("", "''"), ("a b", "'a b'"), ("it's", "'it'\\''s'"),
    ("sim:?ttft=1ms&x", "'sim:?ttft=1ms&x'"),
  ])
  func `quotes arguments for a shell`(argument: String, word: String) {
    #expect(ConfigurationSection.shellWord(argument) == word)
  }

  @Test func `shows what was given and names the rest`() throws {
    var run = SyntheticRun(1).description
    run.configuration = [
      ("headers", .array(["A=1", "B=2"])), ("rate", .null), ("insecure", false), ("quiet", true), ("junit", .null),
    ]
    run.machine = [("memory_bytes", 25_000_000_000)]
    let tables = ConfigurationSection(run: run).section.tables
    let options = try #require(tables.first { $0.caption == "Options as they took effect" })
    #expect(options.rows.map(\.name) == ["--headers", "--quiet", "Not given"])
    #expect(options.rows.flatMap(\.cells) == ["A=1\nB=2", "yes", "--rate, --insecure, --junit"])
    #expect(tables.last?.rows.map(\.cells) == [["23.3 GiB"]])
  }
}
