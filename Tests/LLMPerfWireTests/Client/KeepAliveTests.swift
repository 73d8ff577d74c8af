import LLMPerf
import Testing

@testable import LLMPerfWire

struct KeepAliveTests {
  @Test
  func `one connection carries one request after the other`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil { peer.send(Response.whole()) }
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 5).run(to: server.url)
    #expect(server.connections == 1)
    #expect(exchanges.map(\.reusedConnection) == [false, true, true, true, true])
    #expect(exchanges[0].connectedAt != nil)
    #expect(exchanges[1].connectStartedAt == nil)
    #expect(exchanges.allSatisfy { $0.isComplete && $0.bytesSent == $0.request.wire.count })
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", false),
    ("HTTP/1.1 200 OK\r\nConnection: Close, TE\r\nContent-Length: 2\r\n\r\n{}", false),
    ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", false),
    ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}", true),
    // Bytes behind the response's end: the connection is out of step.
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}surplus", false),
  ])
  func `a connection is used again only where the response allows it`(answer: String, isReused: Bool) throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil { peer.send(answer) }
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 3).run(to: server.url)
    #expect(exchanges.allSatisfy { $0.isComplete && $0.text == "{}" && !$0.retried })
    #expect(server.connections == (isReused ? 1 : 3))
    #expect(exchanges.map(\.reusedConnection) == [false, isReused, isReused])
  }

  @Test
  func `a body without a length ends with its connection`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send("HTTP/1.1 200 OK\r\n\r\nhello")
      peer.send(", world")
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 2).run(to: server.url)
    #expect(exchanges.allSatisfy { $0.isComplete && $0.text == "hello, world" })
    #expect(server.connections == 2)
  }

  @Test(arguments: [false, true])
  func `a kept connection that dies before the first byte is tried once more on a new one`(byReset: Bool) throws {
    let server = try ScriptedServer { number, peer in
      peer.readRequest()
      peer.send(Response.whole())
      guard peer.readRequest() != nil else { return }
      if number > 0 { return peer.send(Response.whole()) }
      byReset ? peer.reset() : peer.close()
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 2).run(to: server.url)
    #expect(exchanges.map(\.retried) == [false, true])
    #expect(exchanges.allSatisfy { $0.status == 200 && $0.isComplete && $0.failure == nil })
    #expect(server.requests.map(\.count) == [2, 1])
    #expect(exchanges[1].bytesSent == exchanges[1].request.wire.count)
    let (started, sent) = (try #require(exchanges[1].connectStartedAt), try #require(exchanges[1].sentAt))
    #expect(started <= sent)
  }

  @Test
  func `a request is tried no third time`() throws {
    let server = try ScriptedServer { number, peer in
      peer.readRequest()
      guard number == 0 else { return }
      peer.send(Response.whole())
      peer.readRequest()
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 2).run(to: server.url)
    #expect(exchanges[1].retried)
    #expect(exchanges[1].failure?.code == .reset)
    #expect(server.connections == 2)
  }

  @Test
  func `a kept connection that dies within the response is not tried again`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.whole())
      peer.readRequest()
      peer.send("HTTP/1.1 2")
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 2).run(to: server.url)
    #expect(!exchanges[1].retried)
    #expect(exchanges[1].failure?.code == .reset)
    #expect(server.connections == 1)
  }

  @Test
  func `a connection that closes while it is idle costs no request`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.whole())
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 6).run(to: server.url)
    #expect(exchanges.allSatisfy { $0.status == 200 && $0.isComplete })
    #expect(server.connections == 6)
  }
}
