import LLMPerf
import LLMPerfTesting
import Testing

/// The forms in which services tell errors, and in which they tell that there is none.
struct ServiceErrorTests {
  private func read(_ body: String, _ api: String = "openai", status: Int = 200) throws -> ResponseObservation {
    try ResponseObservation(
      of: RecordedResponse(status: status, body), by: Plugins.builtIn.makeAPI(api, APIOptions(model: "m")))
  }

  @Test(arguments: [
    #""""#, "false", "{}", "null", "[]", "0", #""null""#, #"{"code":null,"message":"","type":null}"#, #"{"code":0}"#,
  ])
  func `an error member that says nothing is none`(value: String) throws {
    let stream = ReadingTests.events(
      #"{"choices":[{"index":0,"delta":{"content":"a"}}],"error":\#(value)}"#,
      #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop","error":\#(value)}],"error":\#(value)}"#)
    #expect(try read(stream).failure == nil)
    let body = #"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"error":\#(value)}"#
    #expect(try read(body).failure == nil)
    #expect(try read(#"{"data":[{"embedding":[1]}],"error":\#(value)}"#, "openai-embeddings").failure == nil)
    let native = #"{"output":{"text":"a","finish_reason":"stop"},"error":\#(value),"code":"","message":""}"#
    #expect(try read(ReadingTests.events(native), "dashscope").failure == nil)
    let responses = #"{"status":"completed","output":[],"error":\#(value)}"#
    #expect(try read(responses, "openai-responses").failure == nil)
  }

  @Test(arguments: [
    (#"{"error_code":17,"error_msg":"daily limit reached"}"#, "17 daily limit reached"),
    (#"{"error_code":"quota","error_msg":"daily limit reached"}"#, "quota: daily limit reached"),
    (#"{"errorCode":"E7","errorMessage":"no"}"#, "E7: no"),
    (#"{"base_resp":{"status_code":1004,"status_msg":"login fail"},"choices":null}"#, "1004 login fail"),
    (#"{"code":50001,"msg":"boom","data":null,"request_id":"x"}"#, "50001 boom"),
    (#"{"code":"Throttling","message":"slow down"}"#, "Throttling: slow down"),
    (#"{"errors":[{"code":7,"message":"first"}]}"#, "7 first"),
    (#"{"success":false,"msg":"no"}"#, "no"),
    (#"{"error":"no such model"}"#, "no such model"),
    (#"{"error":true}"#, "true"),
  ])
  func `an error in a form of its own has its words, in a body and in a stream`(json: String, words: String) throws {
    for body in [json, ReadingTests.events(#"{"choices":[{"delta":{"content":"a"}}]}"#, json, "[DONE]")] {
      let seen = try read(body)
      #expect(seen.failure?.code == .inBand, "\(body)")
      #expect(seen.failure?.message == words, "\(body)")
    }
  }

  @Test(arguments: [
    #""error_code":0"#, #""error_code":"0","error_msg":"""#, #""code":0,"msg":"ok""#, #""code":20000,"message":"ok""#,
    #""base_resp":{"status_code":0,"status_msg":"success"}"#, #""errors":[]"#, #""success":true"#,
  ])
  func `a code for success beside an answer is no error`(members: String) throws {
    func answer(_ member: String) -> String {
      #"{\#(members),"choices":[{"\#(member)":{"content":"a"},"finish_reason":"stop"}]}"#
    }
    for body in [answer("message"), ReadingTests.events(answer("delta"))] {
      let seen = try read(body)
      #expect(seen.failure == nil, "\(body)")
      #expect(seen.text == "a")
    }
  }

  @Test(arguments: [
    "{\"error\":{\"message\":\"gone\",\"code\":500}}\n", "{\"error_code\":500,\"error_msg\":\"gone\"}\n\n",
    "error: {\"code\":500,\"message\":\"gone\"}\n\n", "error:{\"error\":{\"code\":500,\"message\":\"gone\"}}",
  ])
  func `an error on a line of its own ends a stream as one in an event does`(line: String) throws {
    let text = ReadingTests.events(#"{"choices":[{"delta":{"content":"a"}}]}"#)
    for body in [text + line, text + line + "\n\ndata: [DONE]\n\n", ": ping\n\n" + line, "error: gone\n\n"] {
      let seen = try read(body)
      #expect(seen.failure?.code == .inBand, "\(body)")
      #expect(seen.failure?.message.contains("gone") == true)
      #expect(seen.eventCount <= 1)
    }
  }

  @Test(arguments: [200, 201, 202, 206, 299])
  func `a whole answer with a status of 2xx is an answer`(status: Int) throws {
    let stream = ReadingTests.events(#"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#)
    let seen = try read(stream, status: status)
    #expect(seen.failure == nil && seen.isStreamed && seen.text == "a")
    #expect(try read("", status: status).failure?.code == .empty)
    #expect(try read(stream, status: status + 100).failure?.code == .httpStatus(status + 100))
  }

  @Test(arguments: [
    #"[null]"#, #"{"data":[{"embedding":null}]}"#, #"{"data":[{"embedding":[0.5]},{"embedding":[0.1,null]}]}"#,
    #"{"data":[null,{"embedding":[1]}]}"#, #"[[0.1],[null]]"#,
  ])
  func `a vector that is null, or has a null in it, is a failure`(body: String) throws {
    #expect(try read(body, "openai-embeddings").failure?.code == .inBand)
  }

  @Test
  func `a score that is null is a failure`() throws {
    #expect(try read(#"{"results":[{"index":0,"relevance_score":null}]}"#, "rerank").failure?.code == .inBand)
    #expect(try read(#"{"results":[{"index":0,"relevance_score":0}]}"#, "rerank").failure == nil)
    #expect(try read(#"{"data":[{"embedding":"AAAA"}]}"#, "openai-embeddings").failure == nil)
  }

  @Test(arguments: [
    #"{"status":"error","message":"gone"}"#, #"{"status":500,"message":"gone"}"#, #"{"type":"error","message":"gone"}"#,
    #"{"Error":"gone"}"#, #"{"error_message":"gone"}"#, #"{"errorMessage":"gone","id":"1"}"#,
    #"{"status":"failed","detail":"gone"}"#, #"{"success":false,"message":"gone"}"#,
  ])
  func `an error that is words and a state is one, in a stream and alone`(error: String) throws {
    let text = ReadingTests.events(#"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#)
    for body in [text + ReadingTests.events(error, "[DONE]"), error] {
      let seen = try read(body)
      #expect(seen.failure?.code == .inBand, "\(body)")
      #expect(seen.failure?.message.contains("gone") == true)
    }
  }

  @Test(arguments: [
    #"{"status":"ok","message":"fine"}"#, #"{"status":200,"message":"fine"}"#, #"{"type":"ping","message":"fine"}"#,
    #"{"error_message":""}"#, #"{"Error":null}"#, #"{"status":"failed","choices":[{"delta":{"content":"b"}}]}"#,
  ])
  func `words and a state that say nothing of a failure are no error`(event: String) throws {
    let text = ReadingTests.events(#"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"#)
    #expect(try read(text + ReadingTests.events(event, "[DONE]")).failure == nil)
  }
}
