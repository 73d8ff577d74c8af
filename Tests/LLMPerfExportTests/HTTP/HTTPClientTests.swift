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

  @Test(
    arguments: [
      ("nan", nil), ("-nan", nil), ("-5", nil), ("", nil), ("x", nil), ("Wed, 21 Oct 2026 07:28:00 GMT", nil),
      ("inf", 60), ("1e300", 60), ("9223372036854775807", 60), ("0x1p2000", 60), ("0", 0), ("1.5", 1.5), ("-0", 0),
    ] as [(String, Double?)])
  func `a time to wait is one that can be waited, whatever the service says`(text: String, seconds: Double?) {
    #expect(HeaderNumber.wait(text, atMost: .seconds(60)) == seconds.map { .seconds($0) })
    let wait = RetryPolicy().wait(afterFailures: 1, retryAfter: text, random: 0)
    #expect(wait >= .zero && wait <= .seconds(600))
  }

  @Test
  func `a service that answers slowly has its time after the run's end, and no more`() {
    let end = MonotonicClock(origin: 0).now.nanoseconds - 1_000_000_000
    let limits = Persistence.Limits(
      finish: .milliseconds(1), finishWithoutSuccess: .seconds(60), finishWithoutContact: .seconds(60))
    let persist = Persistence("S", limits: limits, waker: Waker(), endedAt: { end }, note: { _ in })
    var calls = 0
    #expect(throws: Never.self) { try persist { () throws(ServiceFailure) in calls += 1 } }
    #expect(throws: Abandoned.self) { try persist { () throws(ServiceFailure) in calls += 1 } }
    #expect(calls == 1)
  }
}
