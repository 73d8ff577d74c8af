import LLMPerf
import LLMPerfTesting
import Testing

/// Which numbers of a service are taken for counts of tokens.
struct TokenCountTests {
  private static let done = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#

  private func read(_ events: [String], _ api: String = "openai") throws -> ResponseObservation {
    try ResponseObservation(
      of: RecordedResponse(events.map { "data: \($0)\n\n" }.joined()),
      by: Plugins.builtIn.makeAPI(api, APIOptions(model: "m")))
  }

  private static func event(_ output: String, text: String = "a") -> String {
    let usage = #"{"prompt_tokens":5,"completion_tokens":\#(output)}"#
    return #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}],"usage":\#(usage)}"#
  }

  @Test(arguments: [
    "-7", "1.5", "1e400", "9223372036854775807", "4611686018427387904", "9007199254740993", "9223372036854775808",
    String(repeating: "9", count: 400), #""-7""#, #""seven""#, "true", "[1]", "{}", "0",
  ])
  func `a number that can be no count is left out, and noticed`(number: String) throws {
    let usage = #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":\#(number)}}"#
    let text = #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#
    let seen = try read([text, Self.done, usage])
    #expect(seen.usage == TokenUsage(input: 5))
    #expect(seen.remarks == .countsLeftOut)
    #expect(seen.failure == nil)
    let both = #"{"input_tokens":5,"output_tokens":\#(number)}"#
    let native = #"{"output":{"text":"a","finish_reason":"stop"},"usage":\#(both)}"#
    #expect(try read([native], "dashscope").usage == TokenUsage(input: 5))
    let message = #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":\#(number)}}"#
    let piece = #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#
    #expect(try read([piece, message], "anthropic").usage == TokenUsage())
    let response = #"{"type":"response.completed","response":{"usage":{"output_tokens":\#(number)}}}"#
    let delta = #"{"type":"response.output_text.delta","delta":"a"}"#
    #expect(try read([delta, response], "openai-responses").usage == TokenUsage())
  }

  @Test(arguments: [("null", nil), ("9007199254740992", 1 << 53), (#""12""#, 12), ("12.0", 12), (#""""#, nil)])
  func `a count is a whole number up to 2^53, in quotation marks or not`(number: String, count: Int?) throws {
    let seen = try read([Self.event(number), Self.done])
    #expect(seen.usage == TokenUsage(input: 5, output: count))
    #expect(seen.remarks == [])
  }

  @Test(
    arguments: [
      (["10", "5", "1"], nil), (["1", "9223372036854775807"], nil), (["9223372036854775807", "-2"], nil),
      (["1", "1", "1"], nil), (["2", "1", "3"], nil), (["1", "2", "3"], 3), (["1", "3", "7"], 7), (["4", "4", "4"], 4),
    ] as [([String], Int?)])
  func `counts that are not totals up to their event make no total`(counts: [String], total: Int?) throws {
    let seen = try read(counts.map { Self.event($0) } + [Self.done])
    #expect(seen.usage.output == total)
    #expect((seen.remarks == .countsLeftOut) == (total == nil))
    #expect(seen.failure == nil)
  }

  @Test
  func `a total behind counts of single events is one, and the events' own are unknown`() throws {
    let total = #"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6}}"#
    let seen = try read(["2", "1", "3"].map { Self.event($0) } + [Self.done, total])
    #expect(seen.usage.output == 6)
    #expect(seen.tokensPerEvent == [])
    #expect(seen.remarks == [])
  }

  @Test
  func `no output is 0 tokens, which is right`() throws {
    let seen = try read([#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}}"#, Self.done])
    #expect(seen.usage == TokenUsage(input: 5, output: 0))
    #expect(seen.remarks == [])
  }

  @Test
  func `parts are not larger than the whole`() throws {
    let usage = """
      {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":6},\
      "completion_tokens_details":{"reasoning_tokens":5}}}
      """
    let seen = try read([Self.done, usage])
    #expect(seen.usage == TokenUsage(input: 5, output: 4))
    #expect(seen.remarks == .countsLeftOut)
  }

  @Test
  func `the count at the beginning of Anthropic's stream is no total`() throws {
    let start = #"{"type":"message_start","message":{"usage":{"input_tokens":3,"output_tokens":1}}}"#
    let piece = #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#
    let end = #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#
    #expect(try read([start, piece, end], "anthropic").usage == TokenUsage(input: 3))
    let counted = #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#
    #expect(try read([start, piece, counted], "anthropic").usage == TokenUsage(input: 3, output: 9))
  }

  @Test
  func `counts that are added up must fit together`() throws {
    let start = """
      {"type":"message_start","message":{"usage":{"input_tokens":9007199254740992,"cache_read_input_tokens":1}}}
      """
    let seen = try read([start, #"{"type":"message_stop"}"#], "anthropic")
    #expect(seen.usage.input == nil)
    #expect(seen.remarks == .countsLeftOut)
  }

  @Test(arguments: [
    #""usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}"#,
    #""usage":{"prompt_tokens":"5","completion_tokens":"2"}"#,
    #""choices":[{"index":0,"delta":{},"usage":{"prompt_tokens":5,"completion_tokens":2}}]"#,
    #""choices":[{"index":0,"delta":{"usage":{"prompt_tokens":5,"completion_tokens":2}}}]"#,
    #""x_groq":{"id":"r","usage":{"prompt_tokens":5,"completion_tokens":2}}"#,
    #""usage":{"usage":{"prompt_tokens":5,"completion_tokens":2}}"#,
    #""usage":{"tokens":{"input_tokens":5,"output_tokens":2}}"#,
    #""usage":{"promptTokens":5,"completionTokens":2}"#,
    #""usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":2}"#,
    #""usage":{"prompt_tokens":5,"completion_tokens":2,"input_tokens":0,"output_tokens":0}"#,
  ])
  func `finds counts under other names and in other places`(members: String) throws {
    let text = #"{"choices":[{"index":0,"delta":{"content":"ab"}}]}"#
    let seen = try read([text, Self.done, "{\(members)}"])
    #expect(seen.usage == TokenUsage(input: 5, output: 2))
    #expect(seen.remarks == [])
  }

  @Test
  func `a count that anybody sets stays within its bounds`() {
    var usage = TokenUsage(input: -1, output: .max)
    #expect(usage == TokenUsage())
    usage.output = 1 << 53
    #expect(usage.output == 1 << 53)
    usage.output = .min
    #expect(usage.output == nil)
  }

  @Test
  func `what one of several choices counts is no total`() throws {
    let choice = #"{"index":1,"delta":{"content":"b"},"finish_reason":"stop","usage":{"completion_tokens":2}}"#
    let seen = try read([Self.done, #"{"choices":[\#(choice)]}"#])
    #expect(seen.usage.output == nil)
    #expect(seen.remarks == .countsLeftOut)
  }

  @Test
  func `0 for a prompt that is not empty is no count`() throws {
    var request = ScheduledRequest(index: 0, wire: [], bodyStart: 0)
    request.origin.promptLength = 2
    var exchange = FinishedExchange(request: request, dueAt: .start)
    exchange.status = 200
    exchange.isComplete = true
    exchange.body = Array(
      #"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":0,"completion_tokens":1}}"#
        .utf8)
    let api = try OpenAIAPI(APIOptions(model: "m"))
    let record = try #require(try ResponseAnalyzer(api: api).records(of: [exchange]).first)
    #expect(record.usage == TokenUsage(output: 1))
    #expect(record.remarks == .countsLeftOut)
  }
}
