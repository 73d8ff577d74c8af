import Foundation
import LLMPerf
import Testing

@testable import LLMPerfCommands

struct ConfigFileTests {
  private func tool(_ yaml: String) throws -> Tool {
    let tool = try Tool()
    try tool.write(yaml, to: "run.yaml")
    return tool
  }

  @Test
  func `knows every option of the help`() throws {
    let help = try Tool().run("perf", "--help").output
    let names = help.matches(of: /--([a-z][a-z-]+)/).map { String($0.output.1) }
    let known = Set(ConfigFile.options.map(\.name))
    let shown = Set(names).subtracting(["help", "version", "config", "print-config"])
    #expect(shown.subtracting(known).isEmpty && known.subtracting(shown).isEmpty)
  }

  @Test
  func `what is printed reads back as the same options`() throws {
    let tool = try tool(
      """
      model: "qwen: 3"
      url: "sim:?ttft=1ms"
      prompt: "yes"
      number: 20
      rate: 2.5
      seed: 18446744073709551615
      headers: {X-Team: search}
      goodput: [ttft:500ms, tpot:50ms]
      fail-if: ["p99(ttft) > 500ms", error_rate > 1%]
      quiet: true
      """)
    let first = try tool.run("perf", "--config", "run.yaml", "--max-in-flight", "3", "--print-config")
    #expect(first.status == 0, "\(first.errors)")
    for line in ["model: \"qwen: 3\"", "prompt: \"yes\"", "seed: 18446744073709551615", "max-in-flight: 3"] {
      #expect(first.output.contains(line), "\(first.output)")
    }
    try tool.write(first.output, to: "again.yaml")
    #expect(try tool.run("perf", "--config", "again.yaml", "--print-config").output == first.output)
  }

  @Test
  func `secrets are not printed, and not put back as stars`() throws {
    let tool = try tool("model: m\napi-key: sk-secret\nheaders: {Authorization: a-secret, X-A: 1}\n")
    let result = try tool.run(
      "perf", "--config", "run.yaml", "--prompt", "p", "--mlflow-tracking-uri", "http://u:p-secret@h", "--print-config")
    #expect(result.status == 0)
    #expect(!result.output.contains("secret") && !result.output.contains("***"))
    #expect(result.output.contains("give them again: --api-key, --headers, --mlflow-tracking-uri"))
    #expect(result.output.contains("X-A=1"))
  }

  @Test
  func `a template that holds a key is not printed`() throws {
    let tool = try Tool()
    try tool.write(#"{"model": "%m", "messages": [], "api_key": "BODYsecret1"}"#, to: "body.json")
    let template = #"{"model": "%m", "prompt": "%p", "auth": {"password": "BODYsecret1"}}"#
    let result = try tool.run("perf", "--model", "m", "--prompt", "p", "--query-template", template, "--print-config")
    #expect(result.status == 0)
    #expect(!result.output.contains("BODYsecret1") && !result.output.contains("***"))
    #expect(result.output.contains("give them again: --query-template"))
    let file = try tool.run("perf", "--model", "m", "--prompt", "p", "--query-template", "@body.json", "--print-config")
    #expect(file.output.contains("query-template: \"@body.json\"") && !file.output.contains("give them again"))
  }

  @Test(arguments: [
    ("number: abc", "run.yaml: number: The value 'abc' is invalid for '--number <n>'"),
    ("number: 1e3", "run.yaml: number: The value '1e3' is invalid for '--number <n>'"),
    ("save: some", "run.yaml: save: The value 'some' is invalid for '--save <what>'"),
    ("paralel: 3", "run.yaml: paralel is not an option; did you mean parallel?"),
    ("a: [1", "run.yaml line 2: while parsing a flow sequence, did not find expected"),
    ("model: m\n---\nmodel: n", "run.yaml line 2: expected a single document in the stream, but found another"),
    ("number: 1\nnumber: 2", "run.yaml line 1: the key number stands there twice"),
    ("wandb-mode: onlin", "--wandb-mode onlin is not known; use one of online, offline, disabled"),
  ])
  func `a mistake is told in one line`(yaml: String, message: String) throws {
    let silent = try SilentPort()
    let result = try tool(yaml + "\n").run(
      "perf", "--config", "run.yaml", "--model", "m", "--prompt", "p", "--url", silent.address)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("llmuses: \(message)"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(silent.takeConnections() == 0)
  }

  @Test
  func `takes one file, of text`() throws {
    let tool = try tool("model: m\n")
    let twice = try tool.run("perf", "--config", "run.yaml", "--config=run.yaml")
    #expect(twice.status == 2 && twice.errors.contains("--config is given twice"))
    try Data([0x6D, 0xFF, 0xFE]).write(to: tool.folder.appending(path: "run.yaml"))
    let binary = try tool.run("perf", "--config", "run.yaml")
    #expect(binary.status == 2 && binary.errors.contains("run.yaml is not utf-8: byte 0xFF at offset 1"))
  }

  @Test
  func `options that make no sense are not printed either`() throws {
    let result = try tool("model: m\nprompt: p\nparallel: 0\n").run("perf", "--config", "run.yaml", "--print-config")
    #expect(result.status == 2 && result.output == "" && result.errors.contains("--parallel 0"))
  }
}
