import Foundation
import LLMPerf
import Testing

struct TextInputTests {
  /// The prompts that a service was asked, in order.
  private static func asked(_ tool: Tool, _ arguments: [String], input: String? = nil) throws -> [String] {
    let service = try EchoService()
    let common = ["perf", "--url", service.url, "--model", "m", "--no-probe", "--no-calibrate", "--quiet"]
    let result = try tool.run(common + arguments, input: input)
    try #require(result.status == 0, "\(result.errors)")
    return try service.bodies.map { body in
      return try #require(body["messages"]?[0]?["content"]?.stringValue)
    }
  }

  @Test
  func `prompts come through standard input, as often as they are needed`() throws {
    let prompts = try Self.asked(Tool(), ["--dataset-path", "-", "-n", "5"], input: "one\ntwo\n")
    #expect(prompts == ["one", "two", "one", "two", "one"])
    #expect(
      try Self.asked(Tool(), ["--dataset-path", "/dev/stdin", "-n", "3"], input: "one\ntwo\n") == ["one", "two", "one"])
    #expect(
      try Self.asked(Tool(), ["--prompt", "@-", "-n", "2"], input: "long\nprompt") == ["long\nprompt", "long\nprompt"])
  }

  @Test
  func `the template and the configuration come through standard input`() throws {
    let template = #"{"messages":[{"role":"user","content":"<%p>"}]}"#
    #expect(try Self.asked(Tool(), ["--prompt", "p", "--query-template", "@-"], input: template) == ["<p>"])
    #expect(try Self.asked(Tool(), ["--config", "-"], input: "prompt: from a pipe\nnumber: 2\n").count == 2)
  }

  @Test
  func `files may begin with a byte-order mark`() throws {
    let tool = try Tool()
    try tool.write("\u{FEFF}{\"messages\":[{\"role\":\"user\",\"content\":\"<%p>\"}]}", to: "t.json")
    try tool.write("\u{FEFF}prompt: p\nquery-template: '@t.json'\n", to: "run.yaml")
    try tool.write("\u{FEFF}Hi", to: "p.txt")
    #expect(try Self.asked(tool, ["--config", "run.yaml", "--name", "a"]) == ["<p>"])
    #expect(try Self.asked(tool, ["--prompt", "@p.txt", "--name", "b"]) == ["Hi"])
  }

  @Test
  func `the encoding that is named is that of prompts, data sets and templates`() throws {
    let tool = try Tool()
    try Data([0xC4, 0xE3, 0xBA, 0xC3, 0x0A]).write(to: tool.folder.appending(path: "gbk.txt"))
    try Data([0xFF, 0xFE, 0x60, 0x4F, 0x7D, 0x59]).write(to: tool.folder.appending(path: "utf16.txt"))
    let template = Array(#"{"messages":[{"content":"%p "#.utf8) + [0xC4, 0xE3] + Array(#""}]}"#.utf8)
    try Data(template).write(to: tool.folder.appending(path: "t.json"))
    #expect(try Self.asked(tool, ["--dataset-path", "gbk.txt", "--encoding", "gbk", "--name", "a"]) == ["你好"])
    #expect(try Self.asked(tool, ["--prompt", "@utf16.txt", "--encoding", "utf-16", "--name", "b"]) == ["你好"])
    let arguments = ["--prompt", "p", "--query-template", "@t.json", "--encoding", "gb18030", "--name", "c"]
    #expect(try Self.asked(tool, arguments) == ["p 你"])
  }
}
