import Foundation
import LLMPerf
import LLMPerfWire
import Testing

/// A service that repeats what it was sent, in its errors or its answers.
struct EchoedSecretTests {
  private static let secrets = [
    "KEYsecret1", "HEADERsecret2", "QUERYsecret+3", "QUERYsecret%2B3", "BASICsecret4", "VARIABLEsecret5", "BODYsecret6",
  ]

  private func service(status: Int) throws -> HTTPServer {
    try HTTPServer { _ in
      var router = Router()
      router.otherwise { request in
        let words = [
          request.header("Authorization"), request.header("X-Password"), request.header("X-Note"), request.path,
          request.query,
        ]
        let echo = words.map { $0 ?? "" }.joined(separator: " ")
        guard status != 200 else {
          let answer: JSON = [
            "choices": [["message": ["content": .string(echo)], "finish_reason": "stop"]],
            "usage": ["prompt_tokens": 3, "completion_tokens": 1],
          ]
          return .whole(.json(answer.utf8()))
        }
        let error: JSON = ["error": ["message": .string("Incorrect \(echo) \u{1B}[31m")]]
        return .whole(.json(error.utf8(), status: status))
      }
      return router
    }
  }

  @Test(arguments: [200, 401], [[], ["--no-probe"]])
  func `is in no output`(status: Int, probe: [String]) throws {
    let server = try service(status: status)
    defer { try? server.stop() }
    let tool = try Tool()
    let template = #"{"model": "%m", "api_key": "BODYsecret6", "messages": [{"role": "user", "content": "%p"}]}"#
    let result = try tool.run(
      [
        "perf", "--url", server.url + "/?sig=QUERYsecret%2B3", "--model", "m", "--prompt", "p", "--api-key",
        "KEYsecret1", "--headers", "X-Password=HEADERsecret2", "X-Note=Basic BASICsecret4", "--name", "run", "--debug",
        "--no-calibrate", "--query-template", template, "--output-json", "run.json", "--output-html", "run.html",
        "--fail-if", "qps < 1", "--junit", "run.xml", "--wandb-mode", "offline",
      ] + probe, environment: ["WANDB_API_KEY": "VARIABLEsecret5"])
    #expect(status == 200 ? [0, 99].contains(result.status) : [1, 3, 99].contains(result.status), "\(result.errors)")
    var outputs = ["stdout": Data(result.output.utf8), "stderr": Data(result.errors.utf8)]
    for name in try tool.files {
      outputs[name] = try? Data(contentsOf: tool.folder.appending(path: name))
    }
    if try tool.files.contains("run.db") {
      for format in ["text", "json", "csv", "jsonl", "markdown", "junit", "html", "vllm", "trace"] {
        outputs[format] = Data(try tool.run("report", "run.db", "--format", format).output.utf8)
      }
      #expect(outputs["run.json"] != nil && outputs["run.html"] != nil && outputs.count > 12)
    }
    for (name, bytes) in outputs {
      for secret in Self.secrets {
        #expect(bytes.firstRange(of: Data(secret.utf8)) == nil, "\(secret) in \(name)")
        #expect(bytes.firstRange(of: Data(Data(secret.utf8).base64EncodedString().utf8)) == nil, "\(name)")
      }
    }
    #expect(!result.output.contains("\u{1B}") && !result.errors.contains("\u{1B}"))
  }

  @Test(arguments: [
    ["--url", "http://u:PASSsecret@127.0.0.1:1/"], ["--url", "u:PASS/secret@h"],
    ["--url", "http://h:x/?key=PASSsecret"], ["--mlflow-tracking-uri", "u:PASSsecret@h"],
    ["--otlp-endpoint", "ftp://u:PASSsecret@h"], ["--otlp-endpoint", "http://u:PASS/secret@h"],
    ["--headers", "Bearer PASSsecret"], ["--headers", "Authorization PASSsecret=x"], ["--api-key", "PASSsecret\n"],
    ["--wandb-api-key", "PASSsecret"], ["--api-key", "PASSsecret", "--number", "PASSsecret"],
    [
      "--wandb-mode", "online", "--wandb-base-url", "http://u:PASS/secret@h", "--wandb-api-key",
      "0123456789012345678901234567890123456789",
    ],
  ])
  func `is in no message about an option`(options: [String]) throws {
    let result = try Tool().run(
      ["perf", "--model", "m", "--prompt", "p"] + (options.contains("--url") ? [] : ["--url", "127.0.0.1:1"]) + options)
    #expect(result.status == 2)
    for part in ["PASS", "secret"] { #expect(!result.errors.contains(part), "\(result.errors)") }
  }

  @Test
  func `a key that is no key is told by the variable or the file it came from`() throws {
    let tool = try Tool()
    let silent = try SilentPort()
    let options = ["perf", "--model", "m", "--prompt", "p", "--url", silent.address]
    for key in ["sk-abc\n", "sk-abc\r\nX-Evil: 1", " sk-abc"] {
      let result = try tool.run(options, environment: ["OPENAI_API_KEY": key])
      #expect(result.status == 2 && result.errors.hasPrefix("llmuses: OPENAI_API_KEY "), "\(result.errors)")
      #expect(!result.errors.contains("sk-abc"))
    }
    try tool.write("api-key: \"sk-abc\\n\"\n", to: "run.yaml")
    let result = try tool.run(options + ["--config", "run.yaml"])
    #expect(result.status == 2 && result.errors.hasPrefix("llmuses: run.yaml: api-key ends with a line break"))
    let token = try tool.run(
      options + ["--mlflow-tracking-uri", "http://h"], environment: ["MLFLOW_TRACKING_TOKEN": "sk-abc\n"])
    #expect(token.status == 2 && token.errors.contains("MLFLOW_TRACKING_TOKEN ends with a line break"))
    #expect(silent.takeConnections() == 0)
  }
}
