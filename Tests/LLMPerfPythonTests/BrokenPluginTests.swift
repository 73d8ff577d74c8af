import LLMPerf
import LLMPerfPython
import Testing

struct BrokenPluginTests {
  /// A file of the fixtures, what is said of it, and the line that the traceback names.
  struct Broken: CustomTestStringConvertible {
    let file: String
    let says: String
    let line: Int?

    init(_ file: String, _ says: String, line: Int? = nil) {
      self.file = file
      self.says = says
      self.line = line
    }

    var testDescription: String { file }
    var path: String { PluginFiles.fixture("broken/\(file).py") }
    var isDataset: Bool { file.hasPrefix("data_") }
    /// Only what hangs is waited for in vain.
    var answerLimit: Duration { file.hasSuffix("_hangs") ? .milliseconds(400) : .seconds(60) }
  }

  static let all = [
    Broken("syntax_error", "the file cannot be loaded: it raised SyntaxError: expected ':'", line: 5),
    Broken(
      "import_error",
      "the file cannot be loaded: it raised ModuleNotFoundError: No module named 'no_such_module_anywhere'", line: 1),
    Broken("module_exception", "the file cannot be loaded: it raised ValueError: not today", line: 4),
    Broken("exits_on_load", "the file cannot be loaded: it called sys.exit(3)", line: 3),
    Broken(
      "unknown_module",
      """
      the file cannot be loaded: it raised ModuleNotFoundError: llmuses.perf.openai_api is not there for \
      plugins; there are llmuses.perf.api_plugin_base, llmuses.perf.dataset_plugin_base, \
      llmuses.perf.plugin_registry, llmuses.perf.query_parameters
      """, line: 1),
    Broken("nothing_registered", #"nothing is registered with @register_api("name"); put it before class Forgotten"#),
    Broken(
      "wrong_decorator",
      #"nothing is registered with @register_api("name"); there is only a class for @register_dataset"#),
    Broken(
      "decorator_without_name",
      """
      the file cannot be loaded: it raised TypeError: register_api takes a name: write \
      @register_api("my_name")
      """, line: 5),
    Broken("two_registered", "@register_api registers 2 classes, first, second; keep one in a file"),
    Broken("no_build_request", "class Broken has no build_request"),
    Broken("no_parse_responses", "class Broken has no parse_responses"),
    Broken(
      "init_raises",
      """
      the file cannot be loaded: it raised FileNotFoundError: [Errno 2] No such file or directory: \
      '/no/such/tokenizer.json'
      """, line: 9),
    Broken(
      "wrong_parameters",
      """
      build_request takes (self, one, two, three, four, five); it is called with (model, prompt, \
      query_template) or (messages, param)
      """),
    Broken("build_raises", "build_request raised TypeError: string indices must be integers", line: 8),
    Broken(
      "build_returns_list",
      "build_request returned a list; a dict, the request's body, is expected (for the prompt 'Hello')"),
    Broken(
      "build_returns_none",
      "build_request returned None; a dict, the request's body, is expected (for the prompt 'Hello')"),
    Broken(
      "build_is_async",
      """
      build_request returned a coroutine (write it with def, not async def); a dict, the request's body, \
      is expected (for the prompt 'Hello')
      """),
    Broken(
      "build_not_serialisable",
      "build_request returned a dict that cannot be written as JSON: Object of type set is not JSON serializable"),
    Broken(
      "build_not_a_number",
      """
      build_request returned a dict that cannot be written as JSON: Out of range float values are not \
      JSON compliant
      """),
    Broken(
      "build_exits",
      "the Python process ended in build_request (exit status 7); the last it printed:\nthis is the end"),
    Broken("build_killed", "the Python process ended in build_request (signal 11, Segmentation fault)"),
    Broken(
      "build_writes_to_the_socket",
      "the Python process sent what is no answer; descriptor 3 belongs to the tool, a plugin must not write to it"),
    Broken(
      "build_closes_the_socket",
      "the Python process ended in build_request (exit status 1); the last it printed:\ndescriptor 3 was closed, which belongs to the tool"
    ),
    Broken("build_hangs", "build_request gave no answer for 0.4 s"),
    Broken("parse_raises", "parse_responses raised KeyError: 'usage'", line: 12),
    Broken(
      "parse_returns_dict",
      """
      parse_responses returned a dict; two ints are expected, the numbers of prompt tokens and of \
      completion tokens
      """),
    Broken(
      "parse_returns_three",
      """
      parse_responses returned a tuple of 3; two ints are expected, the numbers of prompt tokens and of \
      completion tokens
      """),
    Broken("parse_returns_text", "parse_responses returned '1' as a number of tokens; an int of 0 or more is expected"),
    Broken(
      "parse_returns_negative",
      "parse_responses returned -2 as a number of tokens; an int of 0 or more is expected"),
    Broken("parse_exits", "parse_responses called sys.exit(4)", line: 11),
    Broken("parse_hangs", "parse_responses gave no answer for 0.4 s"),
    Broken("data_no_generator", "class Broken has neither build_prompt nor build_messages"),
    Broken("data_raises", "build_prompt raised RuntimeError: the second is missing", line: 9),
    Broken(
      "data_no_file",
      "build_prompt raised FileNotFoundError: [Errno 2] No such file or directory: '/no/such/file.txt'", line: 8),
    Broken("data_yields_number", "build_prompt yielded an int as prompt 2; a str or a list of messages is expected"),
    Broken(
      "data_returns_text",
      "build_prompt returned a str; it is a generator, which yields one prompt after another"),
    Broken(
      "data_returns_none",
      "build_messages returned None; it is a generator, which yields one prompt after another"),
    Broken(
      "data_not_serialisable",
      """
      build_messages yielded prompt 1, which cannot be written as JSON: Object of type bytes is not JSON \
      serializable
      """),
    Broken("data_hangs", "build_prompt gave no answer for 0.4 s"),
  ]

  @Test(arguments: all)
  func `says what is wrong with the file, and where`(broken: Broken) throws {
    let error = try #require(throws: UsageError.self) {
      let plugins = PythonPlugins(answerLimit: broken.answerLimit) { _ in }
      if broken.isDataset { try useDataset(broken, plugins) } else { try useAPI(broken, plugins) }
    }
    let expected = "\(broken.file).py: \(broken.says)"
    #expect(error.message.hasPrefix(expected))
    if let line = broken.line {
      #expect(error.message.contains("File \"\(broken.path)\", line \(line)"))
    } else {
      #expect(error.message == expected)
    }
    #expect(!error.message.contains("<llmuses"), "the tool's own frames do not help")
  }

  private func useAPI(_ broken: Broken, _ plugins: PythonPlugins) throws {
    let api = try plugins.api(path: broken.path, options: APIOptions(model: "m"))
    let request = try api.makeRequest(for: Prompt("Hello"))
    let answer = #"{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#
    var responses = [FinishedResponse(api, request: request.body, messages: [answer, "[DONE]"])]
    try api.finish(&responses)
  }

  private func useDataset(_ broken: Broken, _ plugins: PythonPlugins) throws {
    var reader = try plugins.dataset(path: broken.path).makeReader()
    _ = try reader.rest()
  }

  @Test
  func `says that a file is missing`() {
    #expect(throws: UsageError("missing.py: the file cannot be read: No such file or directory")) {
      try PythonPlugins().api(path: "/no/such/folder/missing.py", options: APIOptions(model: "m"))
    }
  }

  @Test
  func `says that Python is missing`() {
    #expect(
      throws: UsageError("python9 cannot be started: it was not found. Plugin files need Python 3.8 or newer")
    ) {
      try PythonPlugins(interpreter: "python9").dataset(path: PluginFiles.example("my_data.py"))
    }
  }

  @Test
  func `says that something else than Python was started`() throws {
    let error = try #require(throws: UsageError.self) {
      try PythonPlugins(interpreter: "false").dataset(path: PluginFiles.example("my_data.py"))
    }
    #expect(error.message == "my_data.py: the Python process ended in loading (exit status 1)")
  }
}
