import LLMPerf
import LLMPerfTesting
import Testing

/// Output that stands elsewhere, or in another form, than a protocol has it: read where it is certain, else noticed.
struct MisplacedOutputTests {
  private func read(_ api: String, _ body: String, template: String? = nil) throws -> ResponseObservation {
    let options = APIOptions(model: "m", path: "/", template: template)
    return try ResponseObservation(of: RecordedResponse(body), by: Plugins.builtIn.makeAPI(api, options))
  }

  private static func choice(_ members: String) -> String { #"{"choices":[{"index":0,\#(members)}]}"# }
  private static let stop = choice(#""delta":{},"finish_reason":"stop""#)

  @Test(arguments: [
    #""delta":"a""#, #""delta":[{"type":"text","text":"a"}]"#, #""delta":{"refusal":["a"]}"#, #""text":["a"]"#,
    #""text":{"value":"a"}"#,
  ])
  func `a piece is read whatever its form`(members: String) throws {
    let seen = try read("openai", ReadingTests.events(Self.choice(members), Self.choice(members), Self.stop))
    #expect(seen.text == "aa")
    #expect(seen.tokenOffsets.count == 2)
    #expect(seen.failure == nil && seen.remarks == [])
  }

  @Test(arguments: [#""message":{"role":"assistant","content":"a"}"#, #""message":"a""#, #""content":"a""#])
  func `output beside the delta is taken by guess, and only where the delta has none`(members: String) throws {
    let alone = try read("openai", ReadingTests.events(Self.choice(members), Self.choice(members), Self.stop))
    #expect(alone.text == "aa")
    #expect(alone.tokenOffsets.count == 2)
    #expect(alone.remarks == .guessedOutput)
    let delta = Self.choice(#""delta":{"content":"a"}"#)
    let repeated = try read("openai", ReadingTests.events(delta, Self.choice(members), Self.stop))
    #expect(repeated.text == "a")
    #expect(repeated.tokenOffsets.count == 1)
    #expect(repeated.remarks == [])
  }

  @Test
  func `a call's arguments may be an object`() throws {
    let call = Self.choice(#""delta":{"tool_calls":[{"index":0,"function":{"arguments":{"a":1}}}]}"#)
    let seen = try read("openai", ReadingTests.events(call, Self.choice(#""delta":{},"finish_reason":"tool_calls""#)))
    #expect(seen.tokenOffsets.count == 1)
    #expect(seen.failure == nil)
  }

  @Test
  func `a finish reason inside the delta is one`() throws {
    let body = ReadingTests.events(
      Self.choice(#""delta":{"content":"a"}"#), Self.choice(#""delta":{"finish_reason":"length"}"#))
    #expect(try read("openai", body).finishReason == "length")
  }

  @Test
  func `the name that an Anthropic tool block begins with is output, as names of calls are elsewhere`() throws {
    let start = #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","name":"f","input":{}}}"#
    let seen = try read(
      "anthropic",
      ReadingTests.events(
        start, #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":3}}"#))
    #expect(seen.tokenOffsets.count == 1)
    #expect(seen.remarks == [] && seen.failure == nil)
  }

  @Test
  func `text that an Anthropic block begins with is output`() throws {
    let body = ReadingTests.events(
      #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"hm"}}"#,
      #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"a"}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"text":"b"}}"#,
      #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"c"}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, #"{"type":"message_stop"}"#)
    let seen = try read("anthropic", body)
    #expect(seen.text == "abc" && seen.reasoning == "hm")
    #expect(seen.tokenOffsets.count == 4)
    #expect(seen.failure == nil)
  }

  @Test(arguments: [
    #"{"type":"response.output_text.done","text":"whole"}"#,
    #"{"type":"response.output_text.delta","delta":"whole"}"#, "",
  ])
  func `a Responses stream has its output from the first event that brings it`(event: String) throws {
    let last =
      #"{"type":"response.completed","response":{"status":"completed","output":"#
      + #"[{"type":"message","content":[{"type":"output_text","text":"whole"}]}],"usage":{"output_tokens":2}}}"#
    let seen = try read("openai-responses", ReadingTests.events(event, last))
    #expect(seen.text == "whole")
    #expect(seen.tokenOffsets.count == 1)
    #expect(seen.failure == nil && seen.remarks == [])
  }

  @Test
  func `response.done ends a Responses stream`() throws {
    let body = ReadingTests.events(
      #"{"type":"response.output_text.delta","delta":"a"}"#,
      #"{"type":"response.done","response":{"status":"completed","usage":{"output_tokens":2}}}"#)
    let seen = try read("openai-responses", body)
    #expect(seen.failure == nil && seen.usage.output == 2)
  }

  @Test(arguments: [
    (
      "anthropic", #"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#
    ),
    (
      "dashscope", #"{"output":{"text":"a","finish_reason":"null"}}"#,
      #"{"output":{"text":"a","finish_reason":"stop"}}"#
    ),
  ])
  func `a gateway's mark of the end is no fault in any protocol`(api: String, piece: String, end: String) throws {
    let seen = try read(api, ReadingTests.events(piece, end, "[DONE]"))
    #expect(seen.failure == nil)
    #expect(seen.eventCount == 2)
  }

  @Test
  func `output that is counted and not found is noticed`() throws {
    let part = Self.choice(#""delta":{"content":[{"type":"new","new":"a"}]}"#)
    let usage = #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#
    #expect(try read("openai", ReadingTests.events(part, Self.stop, usage)).remarks == .missedOutput)
    let text = Self.choice(#""delta":{"content":"a"}"#)
    #expect(try read("openai", ReadingTests.events(text, Self.stop, usage)).remarks == [])
  }

  @Test(arguments: [
    (#"a\ud83d"#, true), (#"\ude00"#, true), (#"\ud83d\ude00"#, false), ("\u{FFFD}", true), ("é", false), ("", false),
  ])
  func `text that is no Unicode is noticed`(piece: String, isBroken: Bool) throws {
    let body = ReadingTests.events(Self.choice(#""delta":{"content":"\#(piece)"}"#), Self.stop)
    #expect(try read("openai", body).remarks == (isBroken ? .brokenText : []))
  }

  @Test
  func `a character that is cut between two events is none that is broken`() throws {
    let events = ReadingTests.events(Self.choice(#""delta":{"content":"?"}"#)).utf8
    let halves = [[0xC3], [0xA9]].map { half in events.flatMap { $0 == UInt8(ascii: "?") ? half : [$0] } }
    let stop = Array(ReadingTests.events(Self.stop).utf8)
    func remarks(_ body: [UInt8]) throws -> ReadingRemarks {
      let response = RecordedResponse(body: body)
      return try ResponseObservation(of: response, by: OpenAIAPI(APIOptions(model: "m"))).remarks
    }
    #expect(try remarks(halves[0] + halves[1] + stop) == [])
    #expect(try remarks(halves[0] + stop) == .brokenText)
  }

  @Test
  func `a byte-order mark before an answer is passed over`() throws {
    let seen = try read("openai", "\u{FEFF}" + #"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}"#)
    #expect(seen.failure == nil && seen.text == "a")
  }
}
