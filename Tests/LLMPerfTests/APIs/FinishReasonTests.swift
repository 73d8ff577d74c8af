import LLMPerf
import LLMPerfTesting
import Testing

/// What ends an answer, what breaks it off, and what does neither.
struct FinishReasonTests {
  private func read(_ api: String, _ body: String, isComplete: Bool = true) throws -> ResponseObservation {
    try ResponseObservation(
      of: RecordedResponse(body, isComplete: isComplete), by: Plugins.builtIn.makeAPI(api, APIOptions(model: "m")))
  }

  private static func chat(_ reason: String) -> String {
    ReadingTests.events(
      #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#,
      #"{"choices":[{"index":0,"delta":{},"finish_reason":\#(reason)}]}"#)
  }

  @Test(arguments: [#""""#, #"" ""#, #""null""#, #""none""#, "null", "0", "false", "{}"])
  func `a word for no reason ends nothing`(reason: String) throws {
    for api in ["openai", "zhipu"] {
      let cut = try read(api, Self.chat(reason), isComplete: false)
      #expect(cut.failure?.code == .truncated)
      #expect(cut.finishReason == nil)
      #expect(try read(api, Self.chat(reason)).failure?.code == .truncated)
    }
    let native = #"{"output":{"choices":[{"message":{"content":"a"},"finish_reason":\#(reason)}]}}"#
    #expect(try read("dashscope", ReadingTests.events(native)).failure?.code == .truncated)
    let message = #"{"type":"message_delta","delta":{"stop_reason":\#(reason)}}"#
    #expect(try read("anthropic", ReadingTests.events(message)).failure?.code == .truncated)
  }

  @Test(arguments: [
    "abort", "Aborted", "error", "cancelled", "canceled", "USER_CANCEL", "network_error", "ERROR_TOXIC", "timeout",
    "sensitive", "internal_server_error", "failed", "networkError", "RequestCancelled", "client_disconnected", "killed",
  ])
  func `a reason that says that the answer broke off is a failure`(reason: String) throws {
    let bodies = [
      ("openai", Self.chat("\"\(reason)\"") + "data: [DONE]\n\n"), ("zhipu", Self.chat("\"\(reason)\"")),
      ("openai", #"{"choices":[{"message":{"content":"a"},"finish_reason":"\#(reason)"}]}"#),
      ("openai", ReadingTests.events(#"{"content":"a","stop":true,"stop_type":"\#(reason)"}"#)),
      (
        "dashscope",
        ReadingTests.events(#"{"output":{"choices":[{"message":{"content":"a"},"finish_reason":"\#(reason)"}]}}"#)
      ),
      (
        "anthropic",
        ReadingTests.events(
          #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)"}}"#, #"{"type":"message_stop"}"#)
      ),
      ("anthropic", #"{"content":[{"type":"text","text":"a"}],"stop_reason":"\#(reason)"}"#),
      ("openai-responses", #"{"status":"\#(reason)","output":[{"content":[{"text":"a"}]}]}"#),
    ]
    for (api, body) in bodies {
      let seen = try read(api, body)
      #expect(seen.failure?.code == .inBand, "\(api): \(body)")
      #expect(seen.failure?.message.contains(reason) == true, "\(api): \(body)")
    }
  }

  @Test(arguments: [
    "stop", "length", "content_filter", "tool_calls", "tool_use", "function_call", "eos_token", "end_turn",
    "max_tokens", "refusal", "pause_turn", "stop_sequence", "repetition", "COMPLETE", "a_word_of_next_year",
  ])
  func `any other reason ends the answer, also when the connection then breaks`(reason: String) throws {
    let seen = try read("openai", Self.chat("\"\(reason)\""), isComplete: false)
    #expect(seen.failure == nil)
    #expect(seen.finishReason == reason)
    let message = #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)"}}"#
    #expect(try read("anthropic", ReadingTests.events(message), isComplete: false).failure == nil)
  }

  @Test
  func `a reason that a plugin's own reader sets is judged like any other`() throws {
    let relay = Relay(inner: try OpenAIAPI(APIOptions(model: "m")))
    let seen = try ResponseObservation(of: RecordedResponse(Self.chat("\"abort\"")), by: relay)
    #expect(seen.failure?.code == .inBand)
    var reading = ResponseReading()
    reading.finishReason = "stop"
    reading.finishReason = ""
    #expect(reading.finishReason == "stop")
  }

  /// A protocol of somebody else's, which only copies the reason.
  private struct Relay: APIPlugin {
    let inner: OpenAIAPI

    func makeRequest(for prompt: Prompt) throws -> APIRequest { try inner.makeRequest(for: prompt) }

    func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
      let json = try? JSON(parsing: event.data)
      reading.finishReason = json?["choices"]?[0]?["finish_reason"]?.stringValue ?? reading.finishReason
      return .bookkeeping
    }

    func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {}
  }

  private static let twoChoices = ReadingTests.events(
    #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#, #"{"choices":[{"index":1,"delta":{"content":"b"}}]}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)

  @Test(arguments: [true, false], ["", "data: [DONE]\n\n"])
  func `an answer of several choices ends when each of them has`(isComplete: Bool, end: String) throws {
    let cut = try read("openai", Self.twoChoices + end, isComplete: isComplete)
    #expect(cut.failure?.code == .truncated)
    let last = ReadingTests.events(#"{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}"#)
    #expect(try read("openai", Self.twoChoices + last + end, isComplete: isComplete).failure == nil)
    let broken = ReadingTests.events(#"{"choices":[{"index":1,"delta":{},"finish_reason":"abort"}]}"#)
    #expect(try read("openai", Self.twoChoices + broken + end, isComplete: isComplete).failure?.code == .inBand)
  }

  @Test
  func `a choice that was asked for and had not begun when the stream broke off is missed`() throws {
    let template = #"{"model":"%m","n":2,"messages":[{"role":"user","content":"%p"}],"stream":true}"#
    let api = try OpenAIAPI(APIOptions(model: "m", template: template))
    func failure(_ end: String, isComplete: Bool) throws -> RequestFailure? {
      let response = RecordedResponse(Self.chat("\"stop\"") + end, isComplete: isComplete)
      return try ResponseObservation(of: response, by: api).failure
    }
    #expect(try failure("", isComplete: false)?.code == .truncated)
    // A service may give fewer choices than were asked for.
    #expect(try failure("", isComplete: true) == nil)
    #expect(try failure("data: [DONE]\n\n", isComplete: false) == nil)
    #expect(try read("openai", Self.chat("\"stop\""), isComplete: false).failure == nil)
  }

  @Test
  func `a whole answer is one whose choices have all ended, or none of them`() throws {
    func failure(_ first: String, _ second: String) throws -> RequestFailure? {
      let body =
        #"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":\#(first)},"#
        + #"{"index":1,"message":{"content":"b"},"finish_reason":\#(second)}]}"#
      return try read("openai", body).failure
    }
    #expect(try failure(#""stop""#, #""length""#) == nil)
    #expect(try failure("null", "null") == nil)
    #expect(try failure(#""stop""#, "null")?.code == .truncated)
  }

  @Test
  func `choices of a service that gives no reason at all need none`() throws {
    let body = ReadingTests.events(
      #"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#, #"{"choices":[{"index":1,"delta":{"content":"b"}}]}"#,
      "[DONE]")
    #expect(try read("openai", body).failure == nil)
  }

  @Test
  func `an error inside a choice has its words`() throws {
    let bodies = [
      #"{"choices":[{"index":0,"delta":{},"finish_reason":"error","error":{"code":502,"message":"provider gone"}}]}"#,
      #"{"choices":[{"error":{"code":502,"message":"provider gone"},"finish_reason":"stop"}]}"#,
      #"{"choices":[{"delta":{"error":{"code":502,"message":"provider gone"}}}]}"#,
    ]
    for body in bodies {
      let seen = try read("openai", ReadingTests.events(body, "[DONE]"))
      #expect(seen.failure?.code == .inBand)
      #expect(seen.failure?.message == "502 provider gone")
    }
    let native =
      #"{"output":{"choices":[{"message":{"content":"a"},"finish_reason":"stop","error":{"message":"gone"}}]}}"#
    #expect(try read("dashscope", ReadingTests.events(native)).failure?.code == .inBand)
  }

  @Test
  func `a task that still runs is no answer`() throws {
    let seen = try read("openai-responses", #"{"status":"in_progress","output":[],"error":null}"#)
    #expect(seen.failure?.code == .inBand)
  }
}
