import LLMPerf
import LLMPerfWire
import Testing

struct FetchClientTests {
  private static func server(_ answer: @escaping @Sendable (ServerRequest) -> ServerResponse) throws -> HTTPServer {
    try HTTPServer { _ in
      var router = Router()
      router.otherwise(answer)
      return router
    }
  }

  /// No answer ever comes.
  private final class Silence: ResponseStream {
    func advance(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep { .parked }
  }

  @Test
  func `keeps its connection, and makes a new one when the server closed it`() throws {
    let server = try Self.server { request in
      let words = [request.method, request.path, request.query, String(decoding: request.body, as: UTF8.self)]
      return .whole(.text(words.joined(separator: " ")))
    }
    defer { try? server.stop() }
    let client = FetchClient()
    let address = try HTTPAddress("\(server.url)/a%20b?q=%26")
    for closes in [false, true, false] {
      let headers = closes ? [(name: "Connection", value: "close")] : []
      let response = try client.send(FetchRequest("POST", address, headers: headers, body: Array("body".utf8)))
      #expect(response.status == 200)
      #expect(String(decoding: response.body, as: UTF8.self) == "POST /a%20b q=%26 body")
    }
  }

  @Test
  func `says where it could not connect, and why`() throws {
    // Port 1 of loopback: nobody listens there.
    let error = #expect(throws: FetchFailure.self) {
      try FetchClient().send(FetchRequest("GET", HTTPAddress("http://127.0.0.1:1/")))
    }
    #expect(error?.description.contains("http://127.0.0.1:1") == true)
    #expect(error?.description.contains("refused") == true)
  }

  @Test
  func `gives up on a server that does not answer`() throws {
    let server = try Self.server { _ in .stream(Silence()) }
    defer { try? server.stop() }
    let client = FetchClient(timeout: .milliseconds(50))
    #expect(throws: FetchFailure.self) {
      try client.send(FetchRequest("GET", HTTPAddress(server.url)))
    }
  }

  @Test
  func `a redirect is handed over and not followed`() throws {
    let server = try Self.server { request in
      request.path == "/"
        ? .whole(
          WholeResponse(status: 302, contentType: "text/plain", headers: [.init("Location", "/other")], body: []))
        : .whole(.text("followed"))
    }
    defer { try? server.stop() }
    let response = try FetchClient().send(FetchRequest("GET", HTTPAddress(server.url)))
    #expect(response.status == 302)
    #expect(response.header("location") == "/other")
  }

  @Test
  func `a body above the limit is refused, and says where it came from`() throws {
    let server = try Self.server { _ in .whole(.text(String(repeating: "x", count: 100))) }
    defer { try? server.stop() }
    let address = try HTTPAddress(server.url)
    let error = #expect(throws: FetchFailure.self) {
      try FetchClient(longestBody: 99).send(FetchRequest("GET", address))
    }
    #expect(error?.description == "\(server.url): the body is longer than 99 bytes")
    #expect(try FetchClient(longestBody: 100).send(FetchRequest("GET", address)).body.count == 100)
  }

  @Test
  func `a certificate that nobody vouches for is refused, and said to be the reason`() throws {
    let certificate = try Certificate(for: "IP:127.0.0.1")
    let server = try HTTPServer(.init(tls: (certificate.certificate, certificate.key))) { _ in Router() }
    defer { try? server.stop() }
    let error = #expect(throws: FetchFailure.self) {
      try FetchClient().send(FetchRequest("GET", HTTPAddress(server.url)))
    }
    #expect(error?.description.contains("certificate") == true)
    #expect(server.url.hasPrefix("https://"))
  }
}
