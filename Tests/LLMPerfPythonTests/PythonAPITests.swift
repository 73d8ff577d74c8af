import Glibc
import LLMPerf
import LLMPerfLock
import LLMPerfPython
import Testing

struct PythonAPITests {
  private static let options = APIOptions(
    model: "qwen", path: "/v1/chat/completions", headers: [HTTPHeader("content-type", "application/json; x=1")],
    apiKey: "k")

  private func make(_ file: String, parameters: JSON = [:], workers: Int = 1) throws -> PythonAPI {
    try PythonPlugins { _ in }.api(
      path: PluginFiles.fixture("working/\(file)"), options: Self.options, parameters: parameters, workers: workers)
  }

  @Test
  func `runs the example as it is`() throws {
    let api = try PythonPlugins().api(path: PluginFiles.example("my_api.py"), options: Self.options)
    let request = try api.makeRequest(for: Prompt("Say \"%m\",\n海水 \u{1F600}"))
    #expect(request.path == "/v1/chat/completions")
    #expect(request.headers[field: "Content-Type"] == "application/json; x=1")
    #expect(request.headers[field: "authorization"] == "Bearer k")
    #expect(
      String(decoding: request.body, as: UTF8.self) == #"""
        {"model": "qwen", "messages": [{"role": "user", "content": "Say \"%m\",\n海水 😀"}], "stream": true, \#
        "stream_options": {"include_usage": true}}
        """#)

    var responses = [
      FinishedResponse(
        api, request: request.body,
        messages: [
          #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
          #"{"choices":[{"index":0,"delta":{"content":"one two three"}}]}"#,
          #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]",
        ]),
      FinishedResponse(
        api, request: request.body,
        messages: [#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}}"#, "[DONE]"]),
    ]
    try api.finish(&responses)
    #expect(responses.map(\.reading.usage) == [TokenUsage(input: 4, output: 3), TokenUsage(input: 7, output: 9)])
    #expect(responses[0].reading.text == Array("one two three".utf8))
  }

  @Test
  func `calls the second generation with messages and parameters`() throws {
    let api = try make("messages_api.py", parameters: ["max_tokens": 5, "tokenizer_path": "/models/qwen"])
    let bodies = try api.makeRequests(for: [
      Prompt("Hi"), Prompt(json: Array(#"[{"role":"system","content":"s"}]"#.utf8)),
      Prompt(json: Array(#"{"role":"user","content":"u"}"#.utf8)),
    ]).map { String(decoding: $0.body, as: UTF8.self) }
    let rest = #""max_tokens": 5, "tokenizer": "/models/qwen"}"#
    #expect(
      bodies == [
        #"{"model": "qwen", "messages": [{"role": "user", "content": "Hi"}], \#(rest)"#,
        #"{"model": "qwen", "messages": [{"role": "system", "content": "s"}], \#(rest)"#,
        #"{"model": "qwen", "messages": [{"role": "user", "content": "u"}], \#(rest)"#,
      ])
    var responses = [FinishedResponse(api, request: Array(bodies[0].utf8), messages: ["{\"choices\":[]}", "[DONE]"])]
    try api.finish(&responses)
    #expect(responses[0].reading.usage == TokenUsage(input: 1, output: 1))
  }

  @Test(arguments: [1, 3])
  func `keeps the order, however many processes and threads share the work`(workers: Int) throws {
    let api = try make("messages_api.py", workers: workers)
    let failures = Lock<[String]>([])
    let threads = try (0..<2).map { thread in
      try WorkerThread("test") {
        do {
          for count in [1, 15, 16, 17, 700] {
            let prompts = (0..<count).map { Prompt("prompt \(thread).\($0).") }
            let requests = try api.makeRequests(for: prompts)
            var responses = requests.enumerated().map { index, request in
              FinishedResponse(
                request: request.body, messages: Array(repeating: Array("x".utf8)[...], count: index % 7 + 1),
                isPlain: false, reading: ResponseReading())
            }
            try api.finish(&responses)
            for index in 0..<count {
              let body = String(decoding: requests[index].body, as: UTF8.self)
              guard body.contains(prompts[index].text), responses[index].reading.usage.output == index % 7 + 1 else {
                failures.withLock { $0.append("\(count): \(index)") }
                continue
              }
            }
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == [])
  }

  @Test
  func `has all processes work on one batch at the same time`() throws {
    var template = Array("/tmp/llmuses-python-XXXXXX".utf8CString)
    let folder = String(cString: try #require(mkdtemp(&template)))
    defer { _ = try? removeFolder(folder) }
    let api = try make("meets_another.py", parameters: ["name": .string(folder)], workers: 2)
    #expect(try api.makeRequests(for: Array(repeating: Prompt("x"), count: 32)).count == 32)
  }

  private func removeFolder(_ path: String) throws {
    let folder = try #require(opendir(path))
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(path)/\(name)")
    }
    rmdir(path)
  }

  @Test
  func `carries requests and answers larger than any buffer`() throws {
    let api = try make("messages_api.py")
    let text = String(repeating: "y\"", count: 3_000_000)
    let request = try api.makeRequests(for: [Prompt(text), Prompt("small"), Prompt(text)])[2]
    #expect(request.body.count > 9_000_000)
    var responses = [
      FinishedResponse(request: request.body, messages: [Array(text.utf8)[...]], isPlain: false, reading: .init())
    ]
    try api.finish(&responses)
    #expect(responses[0].reading.usage.output == 1)
  }

  @Test
  func `an exception counts only when the response is whole`() throws {
    let api = try PythonPlugins { _ in }.api(
      path: PluginFiles.fixture("broken/parse_raises.py"), options: APIOptions(model: "m"))
    let piece = #"{"choices":[{"index":0,"delta":{"content":"Hi"}}]}"#
    var broken = [
      FinishedResponse(api, request: [], messages: [piece], isComplete: false),
      FinishedResponse(api, request: [], messages: [piece]),
      FinishedResponse(api, request: [], messages: [piece, #"{"cho"#], isComplete: false),
      FinishedResponse(api, request: [], messages: [#"{"error":{"message":"overloaded"}}"#]),
      FinishedResponse(api, request: [], messages: ["<html>502</html>"], isPlain: true, isComplete: false),
    ]
    try api.finish(&broken)
    #expect(broken.allSatisfy { $0.reading.usage == TokenUsage() })

    var whole = [FinishedResponse(api, request: [], messages: [piece, "[DONE]"])]
    #expect(throws: UsageError.self) { try api.finish(&whole) }
    // The process goes on.
    #expect(try api.makeRequest(for: Prompt("x")).body == Array(#"{"prompt": "x"}"#.utf8))
  }

  @Test
  func `an answer in a form of its own is whole when the plugin can read it`() throws {
    let api = try make("own_form.py")
    let request = try api.makeRequest(for: Prompt("four")).body
    var responses = [
      FinishedResponse(api, request: request, messages: [#"{"n": 2}"#, #"{"n": 3}"#]),
      FinishedResponse(api, request: request, messages: [#"{"n": 2}"#], isComplete: false),
      FinishedResponse(api, request: request, messages: [#"{"n": 8}"#], isPlain: true),
    ]
    try api.finish(&responses)
    #expect(responses.map(\.reading.usage.output) == [5, 2, 8])
    #expect(responses.map(\.reading.usage.input) == [4, 4, 4])
    #expect(responses.map { $0.reading.sawEnd && $0.reading.endIsProof } == [true, false, true])
  }

  @Test
  func `what a plugin prints goes line by line to the tool's stderr, never into the answers`() throws {
    let lines = CollectedLines()
    do {
      let api = try PythonPlugins { lines.add($0) }.api(
        path: PluginFiles.fixture("working/printing.py"), options: Self.options)
      #expect(lines.all == ["printing.py: loading"])
      let request = try api.makeRequest(for: Prompt("one"))
      #expect(request.body == Array(#"{"prompt": "one"}"#.utf8))
      var responses = [
        FinishedResponse(request: request.body, messages: [[0x31]], isPlain: true, reading: ResponseReading())
      ]
      try api.finish(&responses)
      #expect(responses[0].reading.usage == TokenUsage(input: 1, output: 2))
    }
    #expect(
      Set(lines.all) == [
        "printing.py: loading", "printing.py: building one", "printing.py: a warning",
        "printing.py: straight to the descriptor", "printing.py: from a child", "printing.py: no line end",
      ])
  }

  @Test
  func `stop ends a call that waits`() throws {
    let api = try PythonPlugins { _ in }.api(
      path: PluginFiles.fixture("broken/build_hangs.py"), options: Self.options)
    let outcome = Lock<(any Error)?>(nil)
    let thread = try WorkerThread("test") {
      do {
        _ = try api.makeRequest(for: Prompt("x"))
      } catch {
        outcome.withLock { $0 = error }
      }
    }
    api.stop()
    thread.join()
    let error = try #require(outcome.withLock { $0 } as? UsageError)
    #expect(error.message.hasPrefix("build_hangs.py: the Python process ended in build_request"))
    #expect(throws: UsageError.self) { try api.makeRequest(for: Prompt("x")) }
  }

  @Test
  func `refuses fewer than one process`() {
    #expect(throws: UsageError("--plugin-workers 0: give a number of 1 or more")) {
      try make("own_form.py", workers: 0)
    }
  }
}
