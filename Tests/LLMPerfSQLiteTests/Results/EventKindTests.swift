import LLMPerf
import Testing

@testable import LLMPerfSQLite

struct EventKindTests {
  private static func letter(_ data: String, _ api: any APIPlugin) -> String {
    var reading = ResponseReading()
    let meaning = api.read(ServerSentEvent(data: Array(data.utf8)[...]), into: &reading)
    return String(UnicodeScalar(EventKind.letter(of: meaning, isClassic: true)))
  }

  @Test(arguments: [
    (#"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#, "C"),
    (#"{"choices":[{"delta":{"content":"a"}}]}"#, "O"),
    (#"{"choices":[{"delta":{"reasoning_content":"a"}}]}"#, "R"),
    (#"{"choices":[{"delta":{"content":"a","reasoning_content":"b"}}]}"#, "O"),
    (#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]}}]}"#, "T"),
    (#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}"#, "T"),
    (#"{"choices":[{"delta":{"content":"a","tool_calls":[{"function":{"name":"f"}}]}}]}"#, "T"),
    (#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":""}}]}}]}"#, "C"),
    (#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, "C"),
    (#"{"choices":[{"delta":{}}],"usage":{"completion_tokens":2}}"#, "C"),
    (#"{"choices":[],"usage":{"completion_tokens":2}}"#, "U"),
    (#"{"usage":{"completion_tokens":2}}"#, "U"),
    (#"{"choices":[],"usage":null}"#, "B"),
    (#"{"error":{"message":"no"},"choices":[{"delta":{"content":"a"}}]}"#, "E"),
    ("[DONE]", "D"),
  ])
  func `an event of OpenAI's protocol has the first letter that fits`(data: String, letter: String) throws {
    #expect(Self.letter(data, try OpenAIAPI(APIOptions(model: "m"))) == letter)
  }

  @Test
  func `an empty piece among others of the same form is no output`() throws {
    let api = try OpenAIAPI(APIOptions(model: "m"))
    var reading = ResponseReading()
    let letters = ["a", "b", "", "c"].map { text in
      let event = ServerSentEvent(data: Array(#"{"choices":[{"delta":{"content":"\#(text)"}}]}"#.utf8)[...])
      return EventKind.letter(of: api.read(event, into: &reading), isClassic: true)
    }
    #expect(letters == Array("OOCO".utf8))
  }

  @Test(arguments: [
    (#"{"type":"content_block_start","content_block":{"type":"tool_use","name":"f"}}"#, "T"),
    (#"{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}}"#, "T"),
    (#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}"#, "O"),
    (#"{"type":"message_start","message":{"usage":{"input_tokens":3}}}"#, "B"),
    (#"{"type":"message_stop"}"#, "F"),
  ])
  func `protocols without choices tell fragments of tool calls apart`(data: String, letter: String) throws {
    #expect(Self.letter(data, try AnthropicAPI(APIOptions(model: "m"))) == letter)
  }

  @Test(arguments: "ETORDFCUB".utf8)
  func `every letter is read as what it was written for`(letter: UInt8) {
    for letter in [letter, letter | 0x20] {
      let (meaning, isClassic) = EventKind.meaning(of: letter)
      #expect(EventKind.letter(of: meaning, isClassic: isClassic) == letter)
    }
  }
}
