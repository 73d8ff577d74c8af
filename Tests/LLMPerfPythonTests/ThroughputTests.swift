import Glibc
import LLMPerf
import LLMPerfPython
import Testing

/// Measures how many requests a second are built and parsed. Runs when `LLMUSES_MEASURE` is set, best with `-c release`.
struct ThroughputTests {
  /// The example, which looks at the last event; a file that parses all events in Python; and one that waits 2 ms for each
  /// response, which shows how work is shared where cores are few.
  static let files = [
    PluginFiles.example("my_api.py"), PluginFiles.fixture("working/reads_all_events.py"),
    PluginFiles.fixture("working/waits.py"),
  ]

  @Test(.enabled(if: getenv("LLMUSES_MEASURE") != nil), arguments: [1, 2, 4], files)
  func `builds and parses`(workers: Int, file: String) throws {
    let api = try PythonPlugins().api(path: file, options: APIOptions(model: "qwen"), workers: workers)
    // 200 characters of prompt, and an answer of 100 events as vLLM sends them.
    let prompts = Array(repeating: Prompt(String(repeating: "word ", count: 40)), count: 64)
    let event =
      #"{"id":"chatcmpl-1234567890","object":"chat.completion.chunk","created":1714030870,"model":"qwen","#
      + #""choices":[{"index":0,"delta":{"content":" word"},"logprobs":null,"finish_reason":null}]}"#
    let last = #"{"choices":[],"usage":{"prompt_tokens":40,"completion_tokens":99}}"#
    let messages = (Array(repeating: event, count: 99) + [last]).map { Array($0.utf8)[...] }

    var requests: [APIRequest] = []
    let buildRate = try rate(of: 64) { requests = try api.makeRequests(for: prompts) }
    let responses = requests.map {
      FinishedResponse(request: $0.body, messages: messages, isPlain: false, reading: ResponseReading())
    }
    let parseRate = try rate(of: 64) {
      var responses = responses
      try api.finish(&responses)
    }
    let both = 1 / (1 / buildRate + 1 / parseRate)
    print(
      "\(file.split(separator: "/").last ?? ""), \(workers) workers: \(Int(buildRate)) built/s, \(Int(parseRate)) parsed/s (100 events each), "
        + "\(Int(both)) both/s")
    #expect(both > 0)
  }

  private func rate(of count: Int, _ body: () throws -> Void) throws -> Double {
    try body()
    let start = ContinuousClock.now
    var done = 0
    while ContinuousClock.now - start < .seconds(2) {
      try body()
      done += count
    }
    return Double(done) / ((ContinuousClock.now - start) / .seconds(1))
  }
}
