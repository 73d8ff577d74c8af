import LLMPerf
import LLMPerfTesting
import Testing

/// Forms of answers that no recorded response has.
struct ReadingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let api: String
    let name: String
    let response: String
    let expectation: ResponseExpectation
    var path = "/"
    var template: String?
    var testDescription: String { "\(api): \(name)" }
  }

  static func events(_ data: String...) -> String { data.map { "data: \($0)\n\n" }.joined() }

  static let cases: [Case] = [
    Case(
      api: "openai", name: "an error and then the end marker",
      response: events(
        #"{"choices":[{"index":0,"delta":{"content":"Hi"}}]}"#, #"{"error":{"message":"lost","code":500}}"#, "[DONE]"),
      expectation: ResponseExpectation(
        failure: .inBand, text: "Hi", hasFirstToken: true, eventCount: 2, message: "lost")),
    Case(
      api: "openai", name: "output and an end marker without a finish reason",
      response: events(#"{"choices":[{"text":"Hi"}]}"#, " [DONE] "), expectation: ResponseExpectation(text: "Hi")),
    Case(
      api: "openai", name: "an end marker alone", response: events("[DONE]"),
      expectation: ResponseExpectation(failure: .truncated)),
    Case(
      api: "openai", name: "no choices first, refusal, usage null, keys in another order",
      response: events(
        #"{"choices":[],"prompt_filter_results":[]}"#,
        #"{"usage":null,"choices":[{"delta":{"refusal":"No"},"finish_reason":null,"index":0}]}"#,
        #"{"choices":[{"finish_reason":"stop","delta":{}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#),
      expectation: ResponseExpectation(
        text: "No", finishReason: "stop", usage: TokenUsage(input: 1, output: 2), eventCount: 3)),
    Case(
      api: "openai", name: "reasoning details, escapes in keys and text, surrogate pairs",
      response: events(
        #"{"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.text","text":"hm"},{"summary":"!"}]}}]}"#,
        #"{"choices":[{"delta":{"con\u0074ent":"\u4f60\uD83D\uDE00\n\"\/"},"finish_reason":"stop"}]}"#),
      expectation: ResponseExpectation(text: "你😀\n\"/", reasoning: "hm!", finishReason: "stop")),
    Case(
      api: "openai", name: "audio only, and text at the second choice only",
      response: events(
        #"{"choices":[{"delta":{"audio":{"data":"AAAA"}}}]}"#, #"{"choices":[{"index":1,"delta":{"content":"x"}}]}"#,
        "[DONE]"),
      expectation: ResponseExpectation(hasFirstToken: true)),
    Case(
      api: "openai", name: "a string of its own in the delta",
      response: events(#"{"choices":[{"delta":{"thought":"so"},"finish_reason":"stop"}]}"#),
      expectation: ResponseExpectation(text: "so", finishReason: "stop")),
    Case(
      api: "openai", name: "blank data and data without JSON",
      response: "data:\n\ndata: hello\n\ndata: [DONE]\n\n", expectation: ResponseExpectation(failure: .malformed)),
    Case(
      api: "openai", name: "an error event without JSON", response: "event: error\ndata: overloaded\n\n",
      expectation: ResponseExpectation(failure: .inBand, message: "overloaded")),
    Case(
      api: "openai-responses", name: "reasoning, a tool call and an answer that was cut short",
      response: events(
        #"{"type":"response.reasoning_summary_text.delta","delta":"hm"}"#,
        #"{"type":"response.function_call_arguments.delta","delta":"{}"}"#,
        #"{"type":"response.output_text.delta","delta":"Hi","obfuscation":"xyz"}"#,
        #"{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"usage":{"input_tokens":1,"output_tokens":9,"output_tokens_details":{"reasoning_tokens":4}}}}"#
      ),
      expectation: ResponseExpectation(
        text: "Hi", reasoning: "hm", finishReason: "max_output_tokens",
        usage: TokenUsage(input: 1, output: 9, reasoning: 4))),
    Case(
      api: "openai-responses", name: "a failed response",
      response: events(
        #"{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"broken"}}}"#
      ),
      expectation: ResponseExpectation(failure: .inBand, finishReason: "failed", message: "broken")),
    Case(
      api: "openai-responses", name: "an error event",
      response: "event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit\",\"message\":\"slow down\"}\n\n",
      expectation: ResponseExpectation(failure: .inBand, message: "rate_limit: slow down")),
    Case(
      api: "openai-responses", name: "an answer in one body",
      response:
        #"{"status":"completed","output":[{"type":"reasoning","summary":[{"text":"hm"}]},{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":1,"output_tokens":2}}"#,
      expectation: ResponseExpectation(
        text: "Hi", reasoning: "hm", finishReason: "completed", usage: TokenUsage(input: 1, output: 2))),
    Case(
      api: "anthropic", name: "thinking, a signature, a tool and cached tokens",
      response: events(
        #"{"type":"message_start","message":{"usage":{"input_tokens":3,"cache_read_input_tokens":10,"cache_creation_input_tokens":5,"output_tokens":1}}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"abc"}}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","name":"f"}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
        #"{"type":"future_event","delta":{"type":"text_delta","text":"no"}}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":20}}   "#,
        #"{"type":"message_stop"}"#),
      expectation: ResponseExpectation(
        reasoning: "hm", finishReason: "tool_use", usage: TokenUsage(input: 18, output: 20, cached: 10))),
    Case(
      api: "anthropic", name: "an error in the stream",
      response:
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
      expectation: ResponseExpectation(failure: .inBand, message: "overloaded_error: Overloaded")),
    Case(
      api: "dashscope", name: "cumulative text though the other was asked for",
      response: events(
        #"{"output":{"text":"a","finish_reason":null}}"#, #"{"output":{"text":"ab","finish_reason":"null"}}"#,
        #"{"output":{"text":"abc"}}"#, #"{"output":{"text":"abc","finish_reason":"stop"}}"#),
      expectation: ResponseExpectation(text: "abc", finishReason: "stop")),
    Case(
      api: "dashscope", name: "incremental text that repeats itself",
      response: events(
        #"{"output":{"text":"ha"}}"#, #"{"output":{"text":"ha"}}"#, #"{"output":{"text":"ha"}}"#,
        #"{"output":{"text":"","finish_reason":"stop"}}"#),
      expectation: ResponseExpectation(text: "hahaha", finishReason: "stop")),
    Case(
      api: "dashscope", name: "content as a list, tool calls, and an error by its code alone",
      response: events(
        #"{"output":{"choices":[{"message":{"content":[{"text":"Hi"}]},"finish_reason":"null"}]}}"#,
        #"{"output":{"choices":[{"message":{"content":"","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}]}}"#,
        #"{"code":"Throttling","message":"slow down"}"#),
      expectation: ResponseExpectation(
        failure: .inBand, text: "Hi", hasFirstToken: true, message: "Throttling: slow down")),
    Case(
      api: "zhipu", name: "an answer that the filter ended",
      response: events(
        #"{"choices":[{"delta":{"content":"x"}}]}"#, #"{"choices":[{"delta":{},"finish_reason":"sensitive"}]}"#),
      expectation: ResponseExpectation(
        failure: .inBand, text: "x", finishReason: "sensitive", hasFirstToken: true, message: "sensitive")),
    Case(
      api: "zhipu", name: "version 3, cumulative, and interrupted without a word",
      response: "event:add\ndata:a\n\nevent:add\ndata:ab\n\nevent:interrupted\ndata:\n\n",
      expectation: ResponseExpectation(failure: .inBand, text: "ab", hasFirstToken: true, message: "interrupted"),
      path: "/api/paas/v3/model-api/m/sse-invoke", template: #"{"prompt": [], "incremental": false}"#),
    Case(
      api: "zhipu", name: "version 3 in one body",
      response:
        #"{"code":200,"success":true,"data":{"task_status":"SUCCESS","choices":[{"role":"assistant","content":"\"Hi\""}],"usage":{"prompt_tokens":1,"completion_tokens":2}}}"#,
      expectation: ResponseExpectation(text: "Hi", finishReason: "SUCCESS", usage: TokenUsage(input: 1, output: 2)),
      path: "/api/paas/v3/model-api/m/invoke"),
    Case(
      api: "openai-embeddings", name: "two vectors",
      response: #"{"object":"list","data":[{"embedding":[0.1,-2e-3]},{"embedding":[]}],"usage":{"prompt_tokens":7}}"#,
      expectation: ResponseExpectation(usage: TokenUsage(input: 7), inputCount: 2)),
    Case(
      api: "openai-embeddings", name: "vectors without an object around them", response: "[[0.1],[0.2],[0.3]]",
      expectation: ResponseExpectation(inputCount: 3)),
    Case(
      api: "rerank", name: "no score at all", response: #"{"results":[]}"#,
      expectation: ResponseExpectation(failure: .malformed, inputCount: 0)),
    Case(
      api: "openai-embeddings", name: "an object without vectors", response: "{}",
      expectation: ResponseExpectation(failure: .malformed)),
    Case(
      api: "rerank", name: "scores",
      response: #"{"results":[{"index":1,"relevance_score":0.9}],"usage":{"total_tokens":5}}"#,
      expectation: ResponseExpectation(usage: TokenUsage(input: 5), inputCount: 1)),
    Case(
      api: "rerank", name: "an error", response: #"{"error":"no such model"}"#,
      expectation: ResponseExpectation(failure: .inBand, message: "no such model")),
  ]

  @Test(arguments: cases)
  func `reads a form as its protocol says`(item: Case) throws {
    let options = APIOptions(model: "m", path: item.path, template: item.template)
    let seen = try ResponseObservation(
      of: RecordedResponse(item.response), by: Plugins.builtIn.makeAPI(item.api, options))
    #expect(item.expectation.mismatches(with: seen) == [])
  }

  @Test
  func `knows the tokens of each event where the service tells them, and only there`() throws {
    func tokens(_ name: String) throws -> [Int] {
      let capture = try #require(Capture.all.first { $0.file == name })
      return try ResponseObservation(of: capture.response, by: capture.makePlugin()).tokensPerEvent
    }
    #expect(try tokens("vllm/chat-stream-continuous-usage") == [1, 1, 1])
    #expect(try tokens("dashscope/native-thinking") == [2, 2, 2])
    #expect(try tokens("llama-server/native-completion-stream").reduce(0, +) == 4)
    #expect(try tokens("fakellm/anthropic-stream") == [])
    #expect(try tokens("vllm/chat-stream-usage") == [])
  }

  @Test
  func `reads DashScope's cumulative text though the template asks for the other`() throws {
    for name in ["native-text-cumulative", "native-message-cumulative"] {
      let capture = try #require(Capture.all.first { $0.file == "dashscope/\(name)" })
      let seen = try ResponseObservation(of: capture.response, by: DashScopeAPI(APIOptions(model: "m")))
      #expect(seen.text == "我是阿里云的模型。")
      #expect(seen.failure == nil)
    }
  }
}
