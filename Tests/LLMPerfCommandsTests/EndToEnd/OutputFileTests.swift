import Foundation
import LLMPerfSQLite
import Testing

/// Files that a run writes: none takes the place of what is wanted still.
@Suite(.timeLimit(.minutes(2)))
struct OutputFileTests {
  private static func run(_ tool: Tool, _ options: String...) throws -> Tool.Result {
    try tool.run(
      [
        "perf", "--url", "sim:?ttft=1ms&itl=1ms&output-tokens=4", "--model", "m", "--no-calibrate", "--quiet", "--name",
        "run",
      ] + (options.contains("--dataset-path") ? [] : ["--prompt", "hi"]) + options)
  }

  private static func isLink(_ path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  @Test(arguments: [
    ["--output-json", "same", "--output-html", "same"], ["--output-json", "same", "--output-html", "./same"],
    ["--output-json", "same", "--output-html", "sub/../same"],
    ["--output-json", "same", "--fail-if", "error_rate > 1%", "--junit", "same"],
    ["--output-json", "run.db"], ["--output-html", "./run.db"], ["--output-json", "alias", "--output-html", "real"],
    ["--dataset-path", "prompts.txt", "--output-json", "prompts.txt"],
    ["--config", "run.yaml", "--output-json", "run.yaml"],
    ["--query-template", "@body.json", "--output-html", "body.json"],
  ])
  func `two files of a run that are one are refused before it`(options: [String]) throws {
    let tool = try Tool()
    try FileManager.default.createDirectory(atPath: tool.path("sub"), withIntermediateDirectories: false)
    try tool.write("hi\n", to: "prompts.txt")
    try tool.write("seed: 1\n", to: "run.yaml")
    try tool.write(#"{"model": "%m", "messages": [{"role": "user", "content": "%p"}]}"#, to: "body.json")
    try tool.write("", to: "real")
    try FileManager.default.createSymbolicLink(atPath: tool.path("alias"), withDestinationPath: "real")
    let before = try tool.files
    let result = try tool.run(
      [
        "perf", "--url", "sim:", "--model", "m", "--no-calibrate", "--name", "run",
      ] + (options.contains("--dataset-path") ? [] : ["--prompt", "hi"]) + options)
    #expect(result.status == 2)
    #expect(result.errors.contains("give each a file of its own"), "\(result.errors)")
    #expect(try tool.files == before)
    #expect(try tool.read("prompts.txt") == "hi\n")
  }

  @Test
  func `outputs to the null device are no two outputs`() throws {
    let tool = try Tool()
    #expect(try Self.run(tool, "-n", "2", "--output-json", "/dev/null", "--output-html", "/dev/null").status == 0)
  }

  @Test
  func `no report is written over a database`() throws {
    let tool = try Tool()
    #expect(try Self.run(tool, "-n", "2").status == 0)
    for command in [
      ["report", "run.db", "--output", "run.db"], ["compare", "run.db", "run.db", "--output", "run.db"],
      ["report", "run.db", "--format", "csv", "--output", "./run.db"],
    ] {
      let result = try tool.run(command)
      #expect(result.status == 1)
      #expect(result.errors.contains("run.db is a database, which is never overwritten"), "\(result.errors)")
    }
    #expect(
      try tool.run("perf", "--url", "sim:", "--model", "m", "--prompt", "hi", "--name", "b", "--output-json", "run.db")
        .status == 2)
    #expect(try tool.run("report", "run.db").status == 0)
  }

  @Test
  func `a link to nothing is followed by no output, and stays`() throws {
    let tool = try Tool()
    for name in ["r.json", "run.db"] {
      try FileManager.default.createSymbolicLink(atPath: tool.path(name), withDestinationPath: "elsewhere")
    }
    let report = try tool.run(
      "perf", "--url", "sim:", "--model", "m", "--prompt", "hi", "--name", "b", "--output-json", "r.json")
    #expect(report.status == 2)
    #expect(report.errors.contains("r.json cannot be written"))
    let database = try Self.run(tool, "-n", "1")
    #expect(database.status == 2)
    #expect(!FileManager.default.fileExists(atPath: tool.path("elsewhere")))
    #expect(Self.isLink(tool.path("r.json")) && Self.isLink(tool.path("run.db")))
  }

  @Test
  func `the reader of a pipe gets the report, and no end before it`() throws {
    let tool = try Tool()
    let result = try tool.shell(
      """
      mkfifo pipe; cat pipe > got & reader=$!
      llmuses perf --url 'sim:?ttft=1ms&itl=1ms&output-tokens=4' --model m --prompt hi -n 2 --no-calibrate --quiet \
        --name run --output-json pipe > /dev/null
      echo $?; wait $reader
      """)
    #expect(result.output == "0\n", "\(result.errors)")
    #expect(try tool.read("got").hasSuffix("}\n"))
  }

  @Test
  func `a limit of files' sizes ends no run without a word`() throws {
    let tool = try Tool()
    let result = try tool.shell(
      """
      ulimit -f 300; llmuses perf --url 'sim:?ttft=1ms&itl=1ms&output-tokens=200' --model m --prompt hi -n 200 --parallel 20 \
        --no-calibrate --quiet --name run --output-json r.json > report; echo $?
      """)
    #expect(result.output == "1\n")
    #expect(result.errors.contains("the run stopped before its end: database run.db"), "\(result.errors)")
    #expect(try tool.read("report").contains("Verdict: "))
    #expect(try tool.read("r.json").hasSuffix("}\n"))
    #expect(try tool.run("report", "run.db").status == 0)
  }

  @Test
  func `a database that cannot be made leaves nothing behind`() throws {
    let tool = try Tool()
    let result = try tool.shell(
      "ulimit -f 8; llmuses perf --url sim: --model m --prompt hi --no-calibrate --quiet --name run; echo $?")
    #expect(result.output == "1\n")
    #expect(result.errors.contains("llmuses: database run.db: "), "\(result.errors)")
    #expect(try tool.files == [])
  }

  @Test(arguments: ["file:a", "file:a?mode=memory", ":memory:", "a?b#c%20"])
  func `a name that SQLite would take for an address is a name`(name: String) throws {
    let tool = try Tool()
    let result = try tool.run(
      "perf", "--url", "sim:?ttft=1ms&itl=1ms&output-tokens=4", "--model", "m", "--prompt", "hi", "-n", "2",
      "--no-calibrate", "--quiet", "--name", name)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try tool.files == [name + ".db"])
    #expect(try tool.run("report", name + ".db").output.contains("Succeed requests: 2"))
  }

  @Test
  func `a name too long for what lies beside the database is refused before the run`() throws {
    let tool = try Tool()
    let name = String(repeating: "n", count: 250)
    let result = try tool.run("perf", "--url", "sim:", "--model", "m", "--prompt", "hi", "--name", name)
    #expect(result.status == 2)
    #expect(result.errors.contains("File name too long"))
    #expect(try tool.files == [])
  }
}
