import LLMPerf
import LLMPerfWire
import Testing

@testable import LLMPerfExport

struct HTTPClientTests {
  @Test
  func `keeps its connection, and makes a new one when the server closed it`() throws {
    let server = try StubServer { request in
      let words = [request.method, request.path, request.query, String(decoding: request.body, as: UTF8.self)]
      return .response(.text(words.joined(separator: " ")))
    }
    defer { server.stop() }
    let client = HTTPClient()
    let address = try HTTPAddress("\(server.url)/a%20b?q=%26")
    for closes in [false, true, false] {
      let headers = closes ? [(name: "Connection", value: "close")] : []
      let response = try client.send(HTTPRequest("POST", address, headers: headers, body: Array("body".utf8)))
      #expect(response.status == 200)
      #expect(String(decoding: response.body, as: UTF8.self) == "POST /a%20b q=%26 body")
    }
  }

  @Test
  func `says where it could not connect, and why`() throws {
    // Port 1 of loopback: nobody listens there.
    let error = #expect(throws: HTTPFailure.self) {
      try HTTPClient().send(HTTPRequest("GET", HTTPAddress("http://127.0.0.1:1/")))
    }
    #expect(error?.description.contains("http://127.0.0.1:1") == true)
    #expect(error?.description.contains("refused") == true)
  }

  @Test
  func `gives up on a server that does not answer`() throws {
    let server = try StubServer { _ in .silence }
    defer { server.stop() }
    let client = HTTPClient(timeout: .milliseconds(50))
    #expect(throws: HTTPFailure.self) {
      try client.send(HTTPRequest("GET", HTTPAddress(server.url)))
    }
  }

  @Test
  func `waits as long as the service asks, and else twice as long each time`() {
    let policy = RetryPolicy()
    #expect(policy.wait(afterFailures: 1, random: 0) == .seconds(2))
    #expect(policy.wait(afterFailures: 3, random: 1) == .seconds(10))
    #expect(policy.wait(afterFailures: 40, random: 0) == .seconds(60))
    #expect(policy.wait(afterFailures: 1, retryAfter: "7", random: 0) == .seconds(7))
  }
}
