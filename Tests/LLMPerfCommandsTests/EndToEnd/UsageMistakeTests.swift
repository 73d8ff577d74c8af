import Foundation
import LLMPerf
import Testing

struct UsageMistakeTests {
  /// A command line that is wrong, and words that the message must hold.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let words: String

    init(_ arguments: String..., says words: String) {
      (self.arguments, self.words) = (arguments, words)
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let mistakes = [
    Mistake("--prompt", "p", "--rate", "5", "--parallel", "2", says: "--rate and --parallel exclude each other"),
    Mistake("--prompt", "p", "--rate", "0", says: "--rate 0"),
    Mistake("--prompt", "p", "--rate", "-2", says: "--rate -2"),
    Mistake("--prompt", "p", "--rate", "nan", says: "--rate nan"),
    Mistake("--prompt", "p", "--rate", "inf", says: "--rate inf"),
    Mistake("--prompt", "p", "--parallel", "0", says: "--parallel 0"),
    Mistake("--prompt", "p", "--number", "0", says: "--number 0"),
    Mistake("--prompt", "p", "-n", "five", says: "five"),
    Mistake("--prompt", "p", "--parallel", "9223372036854775807", says: "give 1 to 10000000"),
    Mistake("--prompt", "p", "--number", "9223372036854775807", says: "--number 9223372036854775807: give"),
    Mistake("--prompt", "p", "-n", "2", "--warmup", "9223372036854775807", says: "--warmup 9223372036854775807"),
    Mistake("--prompt", "p", "--warmup=-1", says: "--warmup -1"),
    Mistake("--prompt", "p", "--rate", "1e300", says: "--rate 1e+300"),
    Mistake("--prompt", "p", "--rate", "1e-300", says: "--rate 1e-300"),
    Mistake(
      "--prompt", "p", "--rate", "5", "--max-in-flight", "9223372036854775807", says: "--max-in-flight 9223372036854"),
    Mistake("--prompt", "p", "--duration", "nan", says: "--duration nan"),
    Mistake("--prompt", "p", "--duration=-1", says: "--duration -1"),
    Mistake("--prompt", "p", "--duration", "1e-300", says: "--duration 1e-300"),
    Mistake("--prompt", "p", "--grace=-1", says: "--grace -1"),
    Mistake("--prompt", "p", "--grace", "nan", says: "--grace nan"),
    Mistake("--prompt", "p", "--grace", "1e300", says: "--grace 1e+300"),
    Mistake("--prompt", "p", "--read-timeout", "1e-300", says: "--read-timeout 1e-300"),
    Mistake("--prompt", "p", "--loops", "9223372036854775807", says: "--loops 9223372036854775807"),
    Mistake("--prompt", "p", "--api", "x.py", "--plugin-workers", "9223372036854775807", says: "give 1 to 256"),
    Mistake("--prompt", "p", "--metrics-port", "0", "--metrics-linger", "inf", says: "--metrics-linger inf"),
    Mistake("--prompt", "p", "--metrics-port", "0", "--metrics-linger", "1e300", says: "--metrics-linger 1e+300"),
    Mistake("--prompt", "p", "--metrics-port", "99999999999999999999", says: "is no port"),
    Mistake("--prompt", "p", "--goodput", "ttft:1e8h", says: "is not a positive time"),
    Mistake("--prompt", "p", "--goodput", "ttft:1e300s", says: "is not a positive time"),
    Mistake("--prompt", "p", "-n", "9", "--until", "p50(ttft) ±1e300s", says: "the tolerance in"),
    Mistake("--prompt", "p", "--url", "sim:?ttft=1e300s", says: "--ttft: '1e300s' is not understood"),
    Mistake("--prompt", "p", "--url", "sim:?itl=-5ms", says: "--itl: '-5ms' is not understood"),
    Mistake("--prompt", "p", "--url", "sim:?output-tokens=1e300", says: "--output-tokens: '1e300'"),
    Mistake("--prompt", "p", "--url", "sim:?stall-time=1e300s", says: "--stall-time is '1e300s'"),
    Mistake("--prompt", "p", "--url", "sim:?slots=9223372036854775807", says: "--slots is"),
    Mistake("--prompt", "p", "--max-in-flight", "3", says: "--max-in-flight is for open loop"),
    Mistake("--prompt", "p", "--duration", "0", says: "--duration 0"),
    Mistake("--prompt", "p", "--duration", "1e300", says: "--duration"),
    Mistake("--prompt", "p", "--number", "3", "--warmup", "3", says: "--warmup 3 leaves nothing"),
    Mistake("--prompt", "p", "--read-timeout", "0", says: "--read-timeout 0"),
    Mistake("--prompt", "p", "--read-timeout", "inf", says: "--read-timeout inf"),
    Mistake("--prompt", "p", "--connect-timeout", "1e300", says: "--connect-timeout 1e+300"),
    Mistake("--prompt", "p", "--connect-timeout", "nan", says: "--connect-timeout nan"),
    Mistake("--prompt", "p", "--loops", "0", says: "--loops 0"),
    Mistake("--prompt", "p", "--headers", "novalue", says: "--headers novalue: write NAME=VALUE"),
    Mistake("--prompt", "p", "--headers", "a b=c", says: "'a b' is not a header name"),
    Mistake("--prompt", "p", "--headers", "A=1", "Bearer sk-123456", says: "--headers (value 2): write NAME=VALUE"),
    Mistake("--prompt", "p", "--headers", "A=b\r\nC: d", says: "--headers: the value of A holds a line break"),
    Mistake("--prompt", "p", "--headers", "A=\u{1B}[1m", says: "--headers: the value of A holds a control character"),
    Mistake("--prompt", "p", "--api-key", "sk\nX: 1", says: "--api-key holds a line break"),
    Mistake("--prompt", "p", "--api-key", "", says: "--api-key is empty"),
    Mistake("--prompt", "p", "--model", "m\nn", says: "--model holds a line break"),
    Mistake("--prompt", "p", "--insecure", "--cacert", "x.pem", says: "--insecure and --cacert exclude each other"),
    Mistake("--prompt", "p", "--query-template", "{", says: "--query-template"),
    Mistake("--prompt", "p", "--query-template", "[1]", says: "--query-template"),
    Mistake(
      "--prompt", "p", "--query-template", "@missing.json", says: "--query-template: missing.json cannot be read"),
    Mistake("--prompt", "@missing.txt", says: "--prompt: missing.txt cannot be read: No such file"),
    Mistake("--prompt", "p", "--dataset-path", "x", says: "--prompt and --dataset-path exclude each other"),
    Mistake(says: "nothing to ask"),
    Mistake("--dataset-path", "missing.txt", says: "--dataset-path missing.txt cannot be read"),
    Mistake("--dataset-path", ".", says: "is a directory"),
    Mistake("--dataset-path", "empty.txt", says: "the data set holds no prompt"),
    Mistake(
      "--dataset-path", "short.txt", "--min-prompt-length", "50", says: "holds 2 prompts and none of more than 50"),
    Mistake(
      "--dataset-path", "short.txt", "--min-prompt-length", "9223372036854775807", "--max-prompt-length", "5",
      says: "lets no prompt through"),
    Mistake("--dataset", "openqa", "--dataset-path", "bad.jsonl", says: "bad.jsonl line 3 is not JSON"),
    Mistake("--dataset", "longalpaca", "--dataset-path", "bad.jsonl", says: "one JSON array"),
    Mistake("--dataset", "opneqa", "--dataset-path", "short.txt", says: "--dataset opneqa is not known"),
    Mistake(
      "--dataset-path", "utf16.txt",
      says: "--dataset-path utf16.txt begins with the byte-order mark of utf-16le; give --encoding"),
    Mistake(
      "--dataset-path", "gbk.txt", says: "--dataset-path gbk.txt is not utf-8: byte 0xC4 at offset 0, in line 1,"),
    Mistake("--dataset-path", "gbk.txt", "--encoding", "utf-16le", "-n", "1", says: "has the character NUL in line 1"),
    Mistake("--dataset-path", "p.txt.gz", says: "--dataset-path p.txt.gz is a gzip file: unpack it first"),
    Mistake("--dataset-path", "nul.txt", says: "has the character NUL in line 2"),
    Mistake("--dataset-path", "short.txt", "--encoding", "klingon", says: "give one of utf-8, utf-16"),
    Mistake("--prompt", "p", "--encoding", "gbk", says: "--encoding is for texts in files"),
    Mistake("--prompt", "@gbk.txt", says: "--prompt: gbk.txt is not utf-8: byte 0xC4 at offset 0"),
    Mistake("--prompt", "@empty.txt", says: "--prompt: empty.txt is empty"),
    Mistake("--prompt", "@.", says: "--prompt: . is a directory"),
    Mistake(
      "--prompt", "p", "--query-template", "@utf16.txt",
      says: "--query-template: utf16.txt begins with the byte-order mark"),
    Mistake(
      "--prompt", "p", "--query-template", #"{"model":"%m","a":"\x%p"}"#,
      says: "--query-template is not JSON: an escape"),
    Mistake("--prompt", "p", "--query-template", #"{"a":"\ud83d","p":"%p"}"#, says: "half of a surrogate pair"),
    Mistake("--prompt", "p", "--api-spec", "gbk.txt", says: "--api-spec: gbk.txt is not utf-8"),
    Mistake(
      "--dataset", "openqa", "--dataset-path", "half.jsonl",
      says: "half.jsonl line 1 is not JSON: half of a surrogate pair"),
    Mistake(
      "--dataset-path", "-", "--query-template", "@-",
      says: "--dataset-path and --query-template: standard input can be"),
    Mistake("--dataset-path", "-", says: "the data set holds no prompt"),
    Mistake("--prompt", "@-", says: "--prompt: standard input is empty"),
    Mistake("--dataset", "my.py", "--dataset-path", "-", says: "a Python data set opens its file itself"),
    Mistake("--prompt", "p", "--api", "opnai", says: "--api opnai is not known"),
    Mistake("--prompt", "p", "--save", "some", says: "some"),
    Mistake("--prompt", "p", "--name", "taken", says: "the database taken.db exists"),
    Mistake("--prompt", "p", "--name", "link", says: "the database link.db exists"),
    Mistake("--prompt", "p", "--name", String(repeating: "n", count: 300), says: "be written: File name too long"),
    Mistake("--prompt", "p", "--name", "", says: "--name is empty"),
    Mistake("--prompt", "p", "-n", "1", "--rate", "5", "--preconnect", says: "--preconnect opens the connections"),
    Mistake("--prompt", "p", "--source-addresses", "192.0.2.1", says: "give addresses of this machine"),
    Mistake("--prompt", "p", "--output-json", "missing/x.json", says: "missing/x.json cannot be written"),
    Mistake("--prompt", "p", "--paralel", "3", says: "--paralel"),
    Mistake("--prompt", "p", "--model", "", says: "--model is empty"),
    Mistake("--prompt", "p", "--fail-if", "goodput < 2/s", says: "needs limits that good requests keep"),
    Mistake("--prompt", "p", "--fail-if", "qps < baseline", says: "give it by --baseline OLD.db"),
    Mistake(
      "--prompt", "p", "--fail-if", "qps < baseline", "--baseline", "taken.db", says: "--baseline: database taken.db"),
    Mistake("--prompt", "p", "--goodput", "ttft:5", says: "--goodput 'ttft:5': the limit has no unit"),
    Mistake("--prompt", "p", "--goodput", "tft:5ms", says: "--goodput 'tft:5ms': the metric 'tft' is not known"),
    Mistake("--prompt", "p", "--goodput", "ttft:5ms", "ttft:6ms", says: "--goodput limits ttft twice"),
    Mistake("--prompt", "p", "--wandb-project", "x", says: "--wandb-project is for a run that is logged"),
    Mistake("--prompt", "p", "--wandb-mode", "online", says: "needs a key"),
    Mistake("--prompt", "p", "--wandb-api-key", "short", says: "--wandb-api-key is no W&B key: it has 5 characters"),
    Mistake("--prompt", "p", "--mlflow-tracking-uri", "sqlite:x", says: "is no tracking server"),
    Mistake("--prompt", "p", "--otlp-endpoint", "ftp://h", says: "--otlp-endpoint ftp://h: only http:// and https://"),
    Mistake("--prompt", "p", "--metrics-port", "x", says: "--metrics-port x is no port"),
    Mistake(
      "--prompt", "p", "--metrics-port", "192.0.2.1:9", says: "--metrics-port: cannot listen on 192.0.2.1, port 9"),
    Mistake("--prompt", "p", "--metrics-port", "0", "--metrics-linger", "-1", says: "--metrics-linger -1"),
  ]

  private static let foreignFiles: [(String, [UInt8])] = [
    ("utf16.txt", [0xFF, 0xFE, 0x57, 0x00, 0x68, 0x00, 0x0A, 0x00]), ("gbk.txt", [0xC4, 0xE3, 0x00, 0x00, 0x0A, 0x00]),
    ("p.txt.gz", [0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00]),
  ]

  @Test(arguments: Self.mistakes)
  func `a mistake is told in one sentence, with exit status 2, and nothing is sent`(mistake: Mistake) throws {
    let tool = try Tool()
    try tool.write("", to: "empty.txt")
    try tool.write("one\ntwo\n", to: "short.txt")
    try tool.write("{\"question\": \"a\"}\n\n{\"question\": \n", to: "bad.jsonl")
    try tool.write("{\"question\": \"\\ud83d\"}\n", to: "half.jsonl")
    try tool.write("one\ntwo\0\n", to: "nul.txt")
    try tool.write("", to: "my.py")
    for (name, bytes) in Self.foreignFiles { try Data(bytes).write(to: tool.folder.appending(path: name)) }
    try tool.write("not a database", to: "taken.db")
    try FileManager.default.createSymbolicLink(
      atPath: tool.folder.appending(path: "link.db").path, withDestinationPath: "nowhere")
    let before = try tool.files
    let silent = try SilentPort()
    let model = mistake.arguments.contains("--model") ? [] : ["--model", "m"]
    // Were something sent, nobody would answer it.
    let patience = mistake.arguments.contains("--read-timeout") ? [] : ["--read-timeout", "3"]
    let address = mistake.arguments.contains("--url") ? [] : ["--url", silent.address]
    let result = try tool.run(["perf"] + address + model + patience + mistake.arguments)
    #expect(result.status == 2)
    #expect(!result.wasKilled)
    #expect(result.output == "")
    #expect(result.errors.contains(mistake.words), "\(result.errors)")
    let lines = result.errors.split(separator: "\n")
    // The parser adds its usage to what it finds wrong itself.
    #expect(lines.count == 1 || lines.first?.hasPrefix("Error: ") == true, "\(result.errors)")
    #expect(silent.takeConnections() == 0)
    #expect(try tool.files == before)
    #expect(try String(contentsOf: tool.folder.appending(path: "taken.db"), encoding: .utf8) == "not a database")
  }

  @Test(arguments: ["ftp://host", "host:99999", "[::1", "", "***@host"])
  func `a wrong address is a usage error`(url: String) throws {
    let result = try Tool().run("perf", "--model", "m", "--prompt", "p", "--url", url)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("llmuses: --url \(url): "), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    ["calibrate", "--parallel", "9223372036854775807"], ["calibrate", "--rate", "nan"],
    ["calibrate", "--itl", "1e300"], ["calibrate", "--loops", "9223372036854775807"],
    ["calibrate", "--events", "9223372036854775807"],
    ["compare", "--level", "nan", "a.db"], ["simulate", "--port", "9223372036854775807"],
    ["simulate", "--itl-per-sequence", "1e300s"], ["simulate", "--output-tokens", "uniform:1,1e300"],
  ])
  func `an absurd number is a usage error of every command`(arguments: [String]) throws {
    let result = try Tool().run(arguments)
    #expect(result.status == 2)
    #expect(!result.wasKilled)
    #expect(result.errors.hasPrefix("llmuses: "), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test
  func `a report of nothing is a usage error`() throws {
    let tool = try Tool()
    let missing = try tool.run("report", "missing.db")
    #expect(missing.status == 2)
    #expect(missing.errors.contains("missing.db does not exist"))
    try tool.write("text", to: "other.db")
    let other = try tool.run("report", "other.db")
    #expect([1, 2].contains(other.status))
    #expect(other.errors.contains("not a result database of this tool"), "\(other.errors)")
  }

  @Test
  func `help and version go to standard output`() throws {
    let tool = try Tool()
    for arguments in [["--help"], ["perf", "--help"], ["--version"]] {
      let result = try tool.run(arguments)
      #expect(result.status == 0)
      #expect(result.errors == "")
      #expect(!result.output.isEmpty)
      #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }
}
