import Testing

@testable import LLMPerf

struct ConfigDocumentTests {
  private static let options = [
    KnownOption("model", .value), KnownOption("parallel", .value), KnownOption("read-timeout", .value),
    KnownOption("rate", .value), KnownOption("debug", .flag), KnownOption("live", .flag, hasNegation: true),
    KnownOption("headers", .list), KnownOption("fail-if", .repeated), KnownOption("prompt", .value),
  ]

  private func document(_ json: String) throws -> ConfigDocument {
    try ConfigDocument(JSON(json), options: Self.options, file: "run.yaml")
  }

  @Test(arguments: [
    (#"{"model": "m", "parallel": 8}"#, ["--model=m", "--parallel=8"]),
    (#"{"--read_timeout": 2.5, "Rate": -1}"#, ["--read-timeout=2.5", "--rate=-1"]),
    (#"{"headers": {"X-A": "1=2", "X-B": 3}}"#, ["--headers", "X-A=1=2", "X-B=3"]),
    (#"{"headers": ["A=1"]}"#, ["--headers", "A=1"]),
    (#"{"headers": "A=1"}"#, ["--headers", "A=1"]),
    (#"{"fail-if": ["p99(ttft) > 1s", "goodput < 2"]}"#, ["--fail-if=p99(ttft) > 1s", "--fail-if=goodput < 2"]),
    (#"{"debug": true, "live": false}"#, ["--debug", "--no-live"]),
    (#"{"debug": false, "model": null}"#, []),
    (#"{"prompt": "--model x"}"#, ["--prompt=--model x"]),
    ("null", []),
  ])
  func `turns keys into arguments`(json: String, arguments: [String]) throws {
    #expect(try document(json).arguments().flatMap(\.arguments) == arguments)
  }

  @Test func `gives way to the command line`() throws {
    let document = try document(#"{"model": "m", "parallel": 8, "headers": {"A": 1}, "live": true}"#)
    let commandLine = ["--parallel", "2", "--headers", "B=1", "--no-live", "--", "--model"]
    #expect(document.arguments(before: commandLine).map(\.key) == ["model"])
    let others = document.arguments(before: ["--model=x"])
    #expect(others.map(\.key) == ["parallel", "headers", "live"])
    #expect(others.flatMap(\.arguments) == ["--parallel=8", "--headers", "A=1", "--live"])
  }

  @Test(arguments: [
    (#"{"paralel": 8}"#, "run.yaml: paralel is not an option; did you mean parallel?"),
    (#"{"zzz": 8}"#, "run.yaml: zzz is not an option; keys are the long names of the options, see --help"),
    (#"{"timeout": 8}"#, "run.yaml: timeout is not an option; did you mean read-timeout?"),
    (#"{"model": ["a"]}"#, "run.yaml: model is a list; --model takes one value"),
    (#"{"model": {"a": 1}}"#, "run.yaml: model is a map; --model takes one value"),
    (#"{"debug": "yes"}"#, "run.yaml: debug is the text «yes»; it is a switch, so true or false is expected"),
    (#"{"headers": [["a"]]}"#, "run.yaml: headers, entry 1, is a list; a text or a number is expected"),
    (#"{"headers": {"a": {}}}"#, "run.yaml: headers.a is a map; a text or a number is expected"),
    (
      #"{"headers": ["--model"]}"#,
      "run.yaml: headers: «--model» begins with a dash, which the values of --headers cannot"
    ),
    (#"{"rate": 1, "--rate": 2}"#, "run.yaml: --rate is given twice; --rate can stand in the file once"),
    ("[1]", "run.yaml: options by name are expected, one a line, as in «parallel: 8»"),
  ])
  func `says what is wrong with a file`(json: String, message: String) {
    #expect(throws: UsageError(message)) { try document(json) }
  }

  @Test func `prints options as YAML that reads back`() throws {
    let text = YAMLText.render([
      ("model", "qwen/qwen3-8b"), ("rate", .number("20.0")), ("name", .null), ("debug", false), ("prompt", "yes"),
      ("headers", ["X-Team": "a: b"]), ("fail-if", ["p99(ttft) > 1s"]), ("tags", []), ("number", "12"),
      ("text", "a\nb #c"),
    ])
    // Read back by PyYAML 6.0 as the same values.
    #expect(
      text == """
        model: qwen/qwen3-8b
        rate: 20.0
        # name:
        debug: false
        prompt: "yes"
        headers:
          X-Team: "a: b"
        fail-if:
          - "p99(ttft) > 1s"
        tags: []
        number: "12"
        text: "a\\nb #c"

        """)
  }

  @Test(arguments: [
    ("paralel", "parallel"), ("timeout", "read-timeout"), ("max-prompt", "max-prompt-length"), ("zzz", nil), ("x", nil),
  ])
  func `finds the name that was meant`(name: String, meant: String?) {
    #expect(NearestName.of(name, in: ["parallel", "rate", "read-timeout", "max-prompt-length"]) == meant)
  }
}
