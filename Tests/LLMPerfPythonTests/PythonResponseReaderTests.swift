import LLMPerf
import Testing

@testable import LLMPerfPython

struct PythonResponseReaderTests {
  private func read(_ events: [String]) throws -> (meanings: [EventMeaning], reading: ResponseReading) {
    let reader = try PythonResponseReader()
    var reading = ResponseReading()
    let meanings = events.map { reader.read(ServerSentEvent(data: Array($0.utf8)[...]), into: &reading) }
    return (meanings, reading)
  }

  @Test
  func `reads OpenAI's form as OpenAI's`() throws {
    let (meanings, reading) = try read([
      #"{"choices":[{"delta":{"role":"assistant"}}]}"#, #"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#,
      #"{"choices":[{"delta":{"content":"a"}}]}"#, #"{"choices":[{"delta":{"content":"b"}}]}"#,
      #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#, #"{"choices":[],"usage":{"completion_tokens":2}}"#,
      "[DONE]",
    ])
    #expect(meanings == [[], .reasoning, [.output, .classic], [.output, .classic], [], [], [.end, .sentinel]])
    #expect(reading.text == Array("ab".utf8))
    #expect(reading.finishReason == "stop")
    #expect(!reading.endIsProof)
  }

  @Test(arguments: [
    ["Paris is the capital", "Paris is the capital of France", "Paris is the capital of France"],
    ["Paris is the capital", " of France", ""],
  ])
  func `reads DashScope's text, repeated or piece by piece`(pieces: [String]) throws {
    let (meanings, reading) = try read(
      pieces.enumerated().map { index, piece in
        #"{"output":{"text":"\#(piece)","finish_reason":"\#(index == 2 ? "stop" : "null")"},"usage":{"output_tokens":4}}"#
      })
    #expect(meanings == [.output, .output, []])
    #expect(reading.text == Array("Paris is the capital of France".utf8))
    #expect(reading.finishReason == "stop")
    #expect(reading.usage.output == 4)
    #expect(!reading.endIsProof)
  }

  @Test
  func `reads DashScope's messages`() throws {
    let (meanings, reading) = try read([
      #"{"output":{"choices":[{"message":{"content":"","reasoning_content":"hm"},"finish_reason":"null"}]}}"#,
      #"{"output":{"choices":[{"message":{"content":"a","reasoning_content":""},"finish_reason":"stop"}]}}"#,
    ])
    #expect(meanings == [.reasoning, .output])
    #expect(reading.finishReason == "stop")
  }

  @Test
  func `reads Triton's text`() throws {
    let (meanings, reading) = try read([#"{"text_output":""}"#, #"{"text_output":"a"}"#])
    #expect(meanings == [[], .output])
    #expect(reading.text == Array("a".utf8))
    #expect(reading.endIsProof)
  }

  @Test
  func `takes any other data for output, and a content on top for its text`() throws {
    let (meanings, reading) = try read(["", " ", #"{"n":1}"#, #"{"content":"a"}"#, " plain", "[1]"])
    #expect(meanings == [[], [], .output, .output, .output, .output])
    #expect(reading.text == Array("a plain[1]".utf8))
    #expect(reading.endIsProof)
    #expect(reading.malformed == nil)
  }

  @Test
  func `finds errors in any form`() throws {
    #expect(try read([#"{"error":"no"}"#]).meanings == [.error])
    let reader = try PythonResponseReader()
    var reading = ResponseReading()
    var event = ServerSentEvent(data: Array("busy".utf8)[...])
    event.name = Array("error".utf8)[...]
    #expect(reader.read(event, into: &reading) == .error)
    #expect(reading.error?.message == "busy")
  }
}
