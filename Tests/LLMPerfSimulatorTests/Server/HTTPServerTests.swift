import LLMPerf
import LLMPerfWire
import Testing

struct HTTPServerTests {
  /// Writes the numbers 1 to `last`, one a turn, at instants that have all passed.
  private final class Countdown: ResponseStream {
    private let last: Int
    private let ending: StreamStep
    private var number = 0

    init(_ last: Int, _ ending: StreamStep = .finished) {
      self.last = last
      self.ending = ending
    }

    func advance(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep {
      if number == 0 { writer.beginBody(contentType: "text/plain") }
      number += 1
      writer.write("\(number) ".utf8)
      return number < last ? (number % 2 == 0 ? .at(now) : .soon) : ending
    }
  }

  private func withServer(_ body: (UInt16) throws -> Void) throws {
    let server = try HTTPServer { _ in
      var router = Router()
      router.on("POST", "/echo") { .whole(WholeResponse(contentType: "text/plain", body: $0.body)) }
      router.on("GET", "/hello") { _ in .whole(.text("hello")) }
      router.on("GET", "/count") { _ in .stream(Countdown(9)) }
      router.on("GET", "/many") { _ in .stream(Countdown(200_000)) }
      router.on("GET", "/cut") { _ in .stream(Countdown(3, .cut)) }
      router.on("GET", "/reset") { _ in .stream(Countdown(3, .reset)) }
      router.on("GET", "/feed") { _ in
        var left = 3
        return .stream(
          EventFeed(every: .milliseconds(1)) {
            left -= 1
            return left < 0 ? nil : Array("line \(left)\nnext".utf8)
          })
      }
      return router
    }
    try body(server.port)
    try server.stop()
    try server.stop()
  }

  @Test func `keeps a connection for several requests`() throws {
    try withServer { port in
      let connection = try TestConnection(port: port)
      for text in ["one", "two", ""] {
        let response = try connection.send("POST", "/echo", text)
        #expect(response.status == 200 && response.text == text && response.isComplete)
      }
      #expect(try connection.send("GET", "/count").text == "1 2 3 4 5 6 7 8 9 ")
      #expect(try connection.send("GET", "/hello").headers["connection"] == nil)
    }
  }

  @Test func `closes the connection when asked to, and after a stream to a client of HTTP 1·0`() throws {
    try withServer { port in
      let asked = try TestConnection(port: port)
      #expect(try asked.send("GET", "/hello", headers: ["Connection: close"]).headers["connection"] == "close")
      #expect(try asked.isClosed())

      let old = try TestConnection(port: port)
      let response = try old.send(raw: Array("GET /count HTTP/1.0\r\n\r\n".utf8))
      #expect(response.headers["transfer-encoding"] == nil)
      #expect(response.text == "1 2 3 4 5 6 7 8 9 ")

      let kept = try TestConnection(port: port)
      let request = Array("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".utf8)
      #expect(try kept.send(raw: request).headers["connection"] == "keep-alive")
      #expect(try kept.send(raw: request).text == "hello")
    }
  }

  @Test func `takes large bodies in both framings, and bytes one by one`() throws {
    try withServer { port in
      let body = [UInt8](repeating: UInt8(ascii: "x"), count: 16 << 20)
      let connection = try TestConnection(port: port)
      let head = Array("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
      #expect(try connection.send(raw: head + body).body == body)

      var chunked = Array("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
      for _ in 0..<4 { chunked += Array("400000\r\n".utf8) + body[..<(4 << 20)] + Array("\r\n".utf8) }
      #expect(try connection.send(raw: chunked + Array("0\r\n\r\n".utf8)).body == body)

      for byte in "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc".utf8 { try connection.write([byte]) }
      #expect(try connection.readResponse().text == "abc")
    }
  }

  @Test func `answers a demand for 100 Continue, HEAD, wrong methods and unknown paths`() throws {
    try withServer { port in
      let connection = try TestConnection(port: port)
      try connection.write(
        Array("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n".utf8))
      try connection.write(Array("ok".utf8))
      #expect(try connection.readResponse().text == "ok")

      let head = try connection.send(raw: Array("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n".utf8), isHead: true)
      #expect(head.headers["content-length"] == "5")
      #expect(try connection.send("GET", "/nothing").status == 404)
      let wrong = try connection.send("GET", "/echo")
      #expect(wrong.status == 405 && wrong.headers["allow"] == "POST")
    }
  }

  @Test func `tells a client what is wrong before it closes, even while more is coming`() throws {
    try withServer { port in
      let connection = try TestConnection(port: port)
      let response = try connection.send(raw: Array("nonsense\r\n\r\n".utf8) + [UInt8](repeating: 65, count: 1 << 20))
      #expect(response.status == 400 && response.headers["connection"] == "close")
      #expect(try connection.isClosed())
    }
  }

  @Test func `a client that goes on sending after it was refused is left`() throws {
    try withServer { port in
      let connection = try TestConnection(port: port)
      let response = try connection.send(raw: Array("nonsense\r\n\r\n".utf8))
      #expect(response.status == 400)
      let more = [UInt8](repeating: 65, count: 64 << 10)
      var isLeft = false
      for _ in 0..<1000 where !isLeft {
        do { try connection.write(more) } catch { isLeft = true }
      }
      #expect(isLeft)
      #expect(try TestConnection(port: port).send("GET", "/hello").text == "hello")
    }
  }

  @Test func `there are only so many connections at once as allowed`() throws {
    let server = try HTTPServer(.init(maximumConnections: 2)) { _ in
      var router = Router()
      router.otherwise { _ in .whole(.text("hello")) }
      return router
    }
    defer { try? server.stop() }
    let kept = try (0..<2).map { _ in try TestConnection(port: server.port) }
    for connection in kept { #expect(try connection.send("GET", "/").text == "hello") }
    let more = try TestConnection(port: server.port)
    #expect(try more.isClosed())
    #expect(try kept[0].send("GET", "/").text == "hello")
  }

  @Test func `a client that reads late gets everything`() throws {
    try withServer { port in
      let connection = try TestConnection(port: port)
      try connection.write(Array("GET /many HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      // Another connection is served meanwhile.
      #expect(try TestConnection(port: port).send("GET", "/hello").text == "hello")
      let response = try connection.readResponse()
      #expect(response.isComplete)
      #expect(response.text.split(separator: " ").map { Int($0) } == (1...200_000).map { $0 })
    }
  }

  @Test func `streams may end without their proper end`() throws {
    try withServer { port in
      let cut = try TestConnection(port: port).send("GET", "/cut")
      #expect(cut.text == "1 2 3 " && !cut.isComplete && !cut.isReset)
      let reset = try TestConnection(port: port).send("GET", "/reset")
      #expect(!reset.isComplete && reset.isReset)
    }
  }

  @Test func `feeds events until there are no more`() throws {
    try withServer { port in
      let response = try TestConnection(port: port).send("GET", "/feed")
      #expect(response.isComplete)
      #expect(response.events.map(\.data) == ["line 2\nnext", "line 1\nnext", "line 0\nnext"])
    }
  }

  @Test func `stopping ends open streams, and frees the port`() throws {
    final class Parked: ResponseStream {
      private let ends: Waker
      init(_ ends: Waker) { self.ends = ends }
      func advance(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep {
        writer.beginBody(contentType: "text/plain")
        return .parked
      }
      func ended(isAborted: Bool) { if isAborted { ends.signal() } }
    }
    let ended = Waker()
    let server = try HTTPServer { _ in
      var router = Router()
      router.otherwise { _ in .stream(Parked(ended)) }
      return router
    }
    let connection = try TestConnection(port: server.port)
    try connection.write(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
    // The head tells that the request was read.
    let another = try TestConnection(port: server.port)
    try another.write(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
    try server.stop()
    #expect(try !connection.readResponse().isComplete)
    #expect(throws: Never.self) { try HTTPServer(.init(port: server.port)) { _ in Router() }.stop() }
  }

  @Test func `an address in use or unreadable certificate is a clear error`() throws {
    let server = try HTTPServer { _ in Router() }
    defer { try? server.stop() }
    #expect(throws: UsageError.self) { try HTTPServer(.init(port: server.port)) { _ in Router() } }
    #expect(throws: UsageError.self) { try HTTPServer(.init(address: "localhost")) { _ in Router() } }
    #expect(throws: UsageError.self) {
      try HTTPServer(.init(tls: ("/nonexistent/cert.pem", "/nonexistent/key.pem"))) { _ in Router() }
    }
  }
}
