import LLMPerf
import LLMPerfTesting
import Testing

/// Output in other forms than one string.
struct ContentFormTests {
  private static func deltas(_ deltas: [String]) -> String {
    deltas.map { "data: {\"choices\":[{\"index\":0,\"delta\":\($0)}]}\n\n" }.joined()
      + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
  }

  private func read(_ body: String) throws -> ResponseObservation {
    try ResponseObservation(of: RecordedResponse(body), by: OpenAIAPI(APIOptions(model: "m")))
  }

  @Test(arguments: [
    (#"{"content":[{"type":"text","text":"Hi"}]}"#, "Hi", ""),
    (#"{"content":["H","i"]}"#, "Hi", ""),
    (#"{"content":[{"text":"H","type":"output_text"},{"type":"refusal","refusal":"i"}]}"#, "Hi", ""),
    (#"{"content":{"type":"text","text":{"value":"Hi"}}}"#, "Hi", ""),
    (#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}"#, "", "hm"),
    (#"{"content":[{"text":"hm","type":"reasoning"},{"type":"text","text":"Hi"}]}"#, "Hi", "hm"),
    (#"{"content":[{"text":"hm","thought":true}]}"#, "", "hm"),
    (#"{"reasoning_content":{"text":"hm"},"content":""}"#, "", "hm"),
    (#"{"reasoning":[{"text":"h"},{"content":"m"}]}"#, "", "hm"),
    (#"{"reasoning_content":"hm","reasoning":"hm"}"#, "", "hm"),
    (#"{"reasoning":"hm","content":"","reasoning_details":[{"type":"reasoning.text","text":"hm"}]}"#, "", "hm"),
    (#"{"reasoning":"h","reasoning_content":"h","reasoning_details":[{"text":"h"}]}"#, "", "h"),
    (#"{"reasoning_content":"","reasoning":"hm"}"#, "", "hm"),
  ])
  func `reads content and reasoning as parts, and what stands twice once`(
    delta: String, text: String, reasoning: String
  ) throws {
    // Twice the same event, so that the second is read by the first one's shape.
    let stream = try read(Self.deltas([delta, delta]))
    #expect(stream.text == text + text)
    #expect(stream.reasoning == reasoning + reasoning)
    #expect(stream.tokenOffsets.count == 2)
    #expect((stream.firstVisibleOffset != nil) == !text.isEmpty)
    #expect(stream.failure == nil && stream.remarks == [])
    let whole = try read(#"{"choices":[{"index":0,"message":\#(delta),"finish_reason":"stop"}]}"#)
    #expect(whole.text == text)
    #expect(whole.reasoning == reasoning)
    #expect(whole.failure == nil)
  }

  @Test(arguments: [
    #"{"content":[]}"#, #"{"content":[{"type":"text","text":""}]}"#, #"{"content":{}}"#, #"{"content":[null,3]}"#,
    #"{"reasoning_content":{}}"#, #"{"content":[{"type":"reference","reference_ids":[1]}]}"#,
    #"{"role":"assistant","type":"text","status":"in_progress","signature":"x"}"#,
  ])
  func `parts without a text are no output`(delta: String) throws {
    let seen = try read(Self.deltas([delta, #"{"content":"a"}"#]))
    #expect(seen.text == "a")
    #expect(seen.tokenOffsets.count == 1)
    #expect(seen.remarks == [])
  }

  @Test
  func `reads DashScope's content and reasoning as parts`() throws {
    let body = ReadingTests.events(
      #"{"output":{"choices":[{"message":{"content":"","reasoning_content":{"text":"hm"}}}]}}"#,
      #"{"output":{"choices":[{"message":{"content":[{"text":"H"},"i"]},"finish_reason":"stop"}]}}"#)
    let seen = try ResponseObservation(of: RecordedResponse(body), by: DashScopeAPI(APIOptions(model: "m")))
    #expect(seen.text == "Hi" && seen.reasoning == "hm" && seen.tokenOffsets.count == 2 && seen.failure == nil)
  }

  @Test
  func `text of members that are not known is left out beside output, and noticed`() throws {
    let seen = try read(
      Self.deltas([#"{"role":"assistant","mood":"calm"}"#, #"{"content":"a","mood":"glad"}"#, #"{"content":"b"}"#]))
    #expect(seen.text == "ab")
    #expect(seen.tokenOffsets.count == 2)
    #expect(seen.remarks == .foreignText)
  }

  @Test
  func `text of members that are not known is the output where there is no other, and noticed`() throws {
    let first = Self.deltas([#"{"role":"assistant"}"#])
    let seen = try read(Self.deltas([#"{"role":"assistant"}"#, #"{"say":"a"}"#, #"{"say":"b"}"#]))
    #expect(seen.text == "ab")
    #expect(seen.tokenOffsets.count == 2)
    #expect((seen.firstTokenOffset ?? 0) > first.utf8.count / 2)
    #expect(seen.remarks == .guessedOutput)
  }

  @Test
  func `events with one line end between them are read one by one, each with its own stamp`() throws {
    let lines = [
      #"data: {"choices":[{"delta":{"content":"a"}}]}"#, #"data: {"choices":[{"delta":{"content":"b"}}]}"#,
      #"data:{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, "data: [DONE]",
    ]
    for end in ["\n", "\r\n", "\r"] {
      let seen = try read(lines.joined(separator: end) + end)
      #expect(seen.text == "ab")
      #expect(seen.failure == nil)
      #expect(seen.eventCount == 3)
      #expect(seen.tokenOffsets == [lines[0].utf8.count + end.utf8.count, (lines[0].utf8.count + end.utf8.count) * 2])
      #expect(seen.remarks == .joinedEvents)
    }
  }

  @Test
  func `what came of such events before a cut counts`() throws {
    let pieces = ["a", "b"].map { #"data: {"choices":[{"delta":{"content":"\#($0)"}}]}"# + "\n" }
    let body = pieces.joined() + #"data: {"cho"#
    let seen = try ResponseObservation(
      of: RecordedResponse(body, isComplete: false), by: OpenAIAPI(APIOptions(model: "m")))
    #expect(seen.text == "ab")
    #expect(seen.failure?.code == .truncated)
  }

  @Test
  func `JSON in several lines of one event stays one`() throws {
    let body = "data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"a\"},\ndata: \"finish_reason\":\"stop\"}]}\n\n"
    let seen = try read(body)
    #expect(seen.text == "a" && seen.failure == nil && seen.eventCount == 1 && seen.remarks == [])
  }

  @Test
  func `events of named types may stand line by line too`() throws {
    let body = [
      "event: content_block_delta",
      #"data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#,
      "event: message_stop", #"data: {"type":"message_stop"}"#, "",
    ].joined(separator: "\n")
    let seen = try ResponseObservation(of: RecordedResponse(body), by: AnthropicAPI(APIOptions(model: "m")))
    #expect(seen.text == "a" && seen.failure == nil && seen.eventCount == 2)
  }
}
