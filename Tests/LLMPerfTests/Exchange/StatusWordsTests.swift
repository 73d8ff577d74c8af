import Testing

@testable import LLMPerf

struct StatusWordsTests {
  /// The failure of a response with `status` to a request to `path`.
  private func message(
    _ status: Int, _ body: String = "", location: String? = nil, path: String = "/v1/chat/completions"
  ) throws -> String? {
    let wire = APIRequest(path: path, headers: [], body: Array("{}".utf8)).wire(to: try ServiceAddress("host:8000"))
    let request = ScheduledRequest(index: 0, wire: wire.bytes, bodyStart: wire.bodyStart)
    var exchange = FinishedExchange(request: request, dueAt: .start)
    exchange.status = status
    exchange.location = location
    exchange.body = Array(body.utf8)
    exchange.isComplete = true
    return try ResponseAnalyzer(api: OpenAIAPI(APIOptions(model: "m"))).records(of: [exchange])[0].failure?.message
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `names where a redirect leads and what was asked`(status: Int) throws {
    #expect(
      try message(status, location: "https://other/v1/chat/completions")
        == "redirected to https://other/v1/chat/completions, which is not followed; --url takes it "
        + "(asked: POST host:8000/v1/chat/completions)")
  }

  @Test func `says so when a redirect leads nowhere`() throws {
    #expect(try message(302) == "status 302 without a text (asked: POST host:8000/v1/chat/completions)")
  }

  @Test(arguments: [404, 405])
  func `names the address that the service does not know`(status: Int) throws {
    #expect(try message(status, "Not Found", path: "/api") == "Not Found (asked: POST host:8000/api)")
  }

  @Test func `leaves other failures to the service's words`() throws {
    #expect(try message(503, "busy") == "busy")
  }

  @Test func `shows no query, no control character and no address without an end`() throws {
    let message = try #require(
      try message(
        307, location: "http://h/\u{1B}[31m" + String(repeating: "a", count: 5000) + "?key=secret",
        path: "/v1/x?key=secret"))
    #expect(!message.contains("secret"))
    #expect(!message.contains("\u{1B}"))
    #expect(message.count < 400)
    #expect(message.hasSuffix("(asked: POST host:8000/v1/x)"))
  }
}
