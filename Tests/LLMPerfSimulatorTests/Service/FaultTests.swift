import LLMPerf
import LLMPerfSimulator
import Testing

struct FaultTests {
  private static let paths = [
    "/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages",
    "/api/v1/services/aigc/text-generation/generation", "/api/paas/v4/chat/completions",
    "/api/paas/v3/model-api/m/sse-invoke",
  ]

  private func call(_ fault: String, _ path: String = "/v1/chat/completions", stream: Bool) throws
    -> TestConnection.Response
  {
    var response = TestConnection.Response()
    let report = try withSimulator("error-rate=1&error-kinds=\(fault)&stall-time=20ms&retry-after=7") { simulator in
      let headers = stream ? ["X-DashScope-SSE: enable"] : []
      response = try TestConnection(port: simulator.port).send("POST", path, chat(stream: stream), headers: headers)
      let truth = try TestConnection(port: simulator.port).send("GET", "/__truth").text
      #expect(truth.split(separator: "\n").last?.contains(",\(fault),") == true)
    }
    #expect(report.requests == 1)
    let isRefusal = ["429", "500", "503"].contains(fault)
    let ends = ["stall", "malformed"].contains(fault) && (stream || fault == "stall")
    #expect(report.refused == (isRefusal ? 1 : 0))
    #expect(report.completed == (ends ? 1 : 0))
    #expect(report.failed == (isRefusal || ends ? 0 : 1))
    return response
  }

  @Test(arguments: [429, 500, 503], [true, false])
  func `refusals have their status and an error object`(status: Int, stream: Bool) throws {
    let response = try call("\(status)", stream: stream)
    #expect(response.status == status)
    #expect(response.headers["retry-after"] == (status == 429 ? "7" : nil))
    #expect(try response.json["error"]?["code"]?.intValue == status)
  }

  @Test func `protocols refuse in their own words`() throws {
    let anthropic = try call("503", "/v1/messages", stream: true)
    #expect(anthropic.status == 529)
    #expect(try anthropic.json["error"]?["type"] == "overloaded_error")
    let dashScope = try call("429", Self.paths[4], stream: true)
    #expect(dashScope.status == 200 && dashScope.text.contains("event:error\n:HTTP_STATUS/429\n"))
    let plain = try call("429", Self.paths[4], stream: false)
    #expect(plain.status == 429)
    #expect(try plain.json["code"] == "Throttling.RateQuota")
    let zhipu = try call("429", Self.paths[5], stream: true)
    #expect(try zhipu.json["error"]?["code"] == "1302")
    let invoke = try call("429", Self.paths[6], stream: true)
    #expect(invoke.status == 200)
    #expect(try invoke.json["success"] == false)
  }

  @Test(arguments: [true, false])
  func `a reset is seen as one`(stream: Bool) throws {
    let response = try call("reset", stream: stream)
    #expect(response.isReset && !response.isComplete)
  }

  @Test(arguments: [true, false])
  func `a stall delays and nothing else`(stream: Bool) throws {
    let response = try call("stall", stream: stream)
    #expect(response.isComplete)
    if stream { #expect(response.events.last?.data == "[DONE]" && response.events.count == 11) }
  }

  @Test(arguments: paths)
  func `a truncated stream ends properly in HTTP, without finish or end mark`(path: String) throws {
    let response = try call("truncated", path, stream: true)
    #expect(response.status == 200 && response.isComplete)
    for mark in ["[DONE]", #""finish_reason":"stop""#, "response.completed", "message_stop", "event:finish"] {
      #expect(!response.text.contains(mark))
    }
  }

  @Test(arguments: [true, false])
  func `a disconnected answer ends before its end`(stream: Bool) throws {
    let response = try call("disconnected", stream: stream)
    #expect(response.status == 200 && !response.isComplete && !response.isReset)
    #expect(!response.text.contains("[DONE]"))
  }

  @Test(arguments: paths)
  func `an error inside the stream follows a good status`(path: String) throws {
    let response = try call("in-band", path, stream: true)
    #expect(response.status == 200 && response.isComplete)
    let last = try #require(response.events.last)
    #expect(last.data.contains("simulated failure"))
    #expect(!response.text.contains("[DONE]"))
  }

  @Test func `plain answers fail in their own ways`() throws {
    #expect(try call("in-band", stream: false).json["error"]?["type"] == "server_error")
    let malformed = try call("malformed", stream: false)
    #expect(malformed.isComplete)
    #expect(throws: JSON.ParseError.self) { try malformed.json }
    #expect(try call("empty", stream: false).body.isEmpty)
    #expect(try !call("truncated", stream: false).isComplete)
  }

  @Test func `a malformed stream has one event that is no JSON`() throws {
    let response = try call("malformed", stream: true)
    #expect(response.events.count { (try? JSON($0.data)) == nil && $0.data != "[DONE]" } == 1)
    #expect(response.events.last?.data == "[DONE]")
  }

  @Test func `an empty stream has no event`() throws {
    let response = try call("empty", stream: true)
    #expect(response.status == 200 && response.isComplete && response.body.isEmpty)
  }

  @Test func `failures come as often as asked, each kind as often as the others`() throws {
    let report = try withSimulator("error-rate=0.5&error-kinds=429,500") { simulator in
      let connection = try TestConnection(port: simulator.port)
      var counts: [Int: Int] = [:]
      for _ in 0..<400 {
        counts[try connection.send("POST", "/v1/chat/completions", chat(stream: false)).status, default: 0] += 1
      }
      // Five standard deviations around 200, 100 and 100.
      #expect((150...250).contains(counts[200] ?? 0))
      #expect((57...143).contains(counts[429] ?? 0) && (57...143).contains(counts[500] ?? 0))
    }
    #expect(report.requests == 400 && report.completed + report.refused == 400)
  }
}
