import CLLMPerfWire
import LLMPerf
import Testing

@testable import LLMPerfWire

struct FailureTests {
  @Test
  func `every request to a closed port is refused and the run ends`() throws {
    let listener = lw_listen("127.0.0.1", 0, 1, false)
    let port = lw_local_port(listener)
    lw_close(listener)
    let exchanges = try Sending(pattern: .closedLoop(parallel: 4), requests: 20).run(to: "127.0.0.1:\(port)")
    #expect(exchanges.map(\.request.index) == Array(0..<20))
    #expect(exchanges.allSatisfy { $0.failure?.code == .refused && $0.sentAt == nil && $0.endedAt != nil })
  }

  @Test
  func `a host without an address fails each request and not the run`() throws {
    // A label of more than 63 bytes is refused without asking a name server.
    let host = String(repeating: "a", count: 64) + ".invalid"
    let exchanges = try Sending(pattern: .closedLoop(parallel: 2), requests: 5).run(to: "\(host):80")
    #expect(exchanges.count == 5)
    #expect(exchanges.allSatisfy { $0.failure?.code == .dns && $0.failure?.message.contains(host) == true })
  }

  @Test
  func `answers of status 500 are complete exchanges`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil { peer.send(Response.whole("500 Oh no", "broken")) }
    }
    defer { server.stop() }
    let exchanges = try Sending(pattern: .closedLoop(parallel: 3), requests: 12).run(to: server.url)
    #expect(exchanges.count == 12)
    #expect(exchanges.allSatisfy { $0.status == 500 && $0.isComplete && $0.text == "broken" && $0.failure == nil })
    #expect(server.connections == 3)
  }

  @Test(arguments: [false, true])
  func `a stream that the service cuts off keeps what came and is not complete`(byReset: Bool) throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.streamHead + Response.chunk("data: 1\n\n") + "20\r\ndata: 2")
      // A reset throws away what the client has not read yet.
      if byReset { peer.pause(milliseconds: 250) }
      byReset ? peer.reset() : peer.close()
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.status == 200)
    #expect(exchange.text == "data: 1\n\ndata: 2")
    #expect(!exchange.isComplete)
  }

  /// The first case has the events in one read with the broken chunk, the second one in the read before too.
  @Test(arguments: [false, true])
  func `what came before a broken chunk has the time of its read`(inTwo: Bool) throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      let event = Response.chunk("data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n")
      if inTwo {
        peer.send(Response.streamHead + event)
        peer.pause(milliseconds: 30)
        peer.send(event + "zz\r\n")
      } else {
        peer.send(Response.streamHead + event + "zz\r\n")
      }
      peer.waitForClose()
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.failure?.code == .malformed)
    let last = try #require(exchange.arrivals.last)
    #expect(Int(last.end) == exchange.body.count)
    #expect(exchange.arrivals.count == (inTwo ? 2 : 1))
    let sent = try #require(exchange.sentAt)
    let headers = try #require(exchange.headersAt)
    let ended = try #require(exchange.endedAt)
    #expect(sent <= headers && headers <= last.at && last.at <= ended)
    if inTwo { #expect(last.at - headers >= .milliseconds(20)) }
    let api = try OpenAIAPI(APIOptions(model: "m"))
    let record = try #require(try ResponseAnalyzer(api: api).records(of: [exchange]).first)
    #expect(record.latency.map { $0 >= .zero } == true)
    #expect(record.lastTokenAt == last.at)
  }

  @Test
  func `a stream that falls silent ends by the read timeout`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.streamHead + Response.chunk("data: 1\n\n"))
      peer.waitForClose()
    }
    defer { server.stop() }
    var sending = Sending()
    sending.options.readTimeout = .milliseconds(100)
    let exchange = try #require(try sending.run(to: server.url).first)
    #expect(exchange.failure?.code == .readTimeout)
    #expect(exchange.text == "data: 1\n\n")
    #expect(!exchange.isComplete)
  }

  @Test
  func `pings put the read timeout off as long as they come`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.streamHead)
      for _ in 0..<20 {
        peer.pause(milliseconds: 50)
        peer.send(Response.chunk(": ping\n\n"))
      }
      peer.waitForClose()
    }
    defer { server.stop() }
    var sending = Sending()
    sending.options.readTimeout = .milliseconds(700)
    let exchange = try #require(try sending.run(to: server.url).first)
    #expect(exchange.failure?.code == .readTimeout)
    #expect(exchange.body.count == 20 * ": ping\n\n".utf8.count)
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH_9.6\r\n", "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\n", "<html></html>", "HTTP/2 200\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", Response.streamHead + "zz\r\n",
  ])
  func `what is not HTTP is malformed`(answer: String) throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(answer)
      peer.waitForClose()
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.failure?.code == .malformed)
    #expect(!exchange.isComplete)
  }

  @Test
  func `a connection that closes without a word is a reset, and asked no second time`() throws {
    let server = try ScriptedServer { _, peer in peer.readRequest() }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.failure?.code == .reset)
    #expect(exchange.status == nil)
    #expect(!exchange.retried)
    #expect(server.connections == 1)
  }

  @Test
  func `a service that answers before it has read the request is heard`() throws {
    let server = try ScriptedServer { _, peer in
      peer.send(Response.whole("413 Too Large", "no"))
      // The close resets the connection, since the request lies there unread.
      peer.pause(milliseconds: 250)
    }
    defer { server.stop() }
    let head = Array("POST / HTTP/1.1\r\nContent-Length: 8000000\r\n\r\n".utf8)
    let wire = head + [UInt8](repeating: 0x20, count: 8_000_000)
    let exchange = try #require(try Sending(wire: wire).run(to: server.url).first)
    #expect(exchange.status == 413)
    #expect(exchange.text == "no")
  }

  @Test
  func `the failure of one request leaves the others alone`() throws {
    let server = try ScriptedServer { number, peer in
      while peer.readRequest() != nil {
        if number % 2 == 0 { return peer.reset() }
        peer.send(Response.whole())
      }
    }
    defer { server.stop() }
    let exchanges = try Sending(pattern: .closedLoop(parallel: 4), requests: 40).run(to: server.url)
    #expect(exchanges.map(\.request.index) == Array(0..<40))
    #expect(exchanges.contains { $0.status == 200 })
    #expect(exchanges.contains { $0.failure?.code == .reset })
    #expect(exchanges.allSatisfy { ($0.status == 200) != ($0.failure != nil) })
  }
}
