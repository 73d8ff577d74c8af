import LLMPerf
import Testing

@testable import LLMPerfWire

struct StreamTests {
  @Test
  func `each read is stamped in order and tells how far the body had come`() throws {
    let events = (0..<5).map { "data: \($0)\n\n" }
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.streamHead)
      for event in events {
        peer.pause(milliseconds: 10)
        peer.send(Response.chunk(event))
      }
      peer.send(Response.lastChunk)
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.text == events.joined())
    #expect(exchange.arrivals.map(\.at) == exchange.arrivals.map(\.at).sorted())
    #expect(exchange.arrivals.last.map { Int($0.end) } == exchange.body.count)
    #expect(exchange.kernelStamped)
    let instants = [
      exchange.dueAt, exchange.connectStartedAt, exchange.connectedAt, exchange.sentAt, exchange.headersAt,
    ].compactMap { $0 }
    #expect(instants.count == 5)
    #expect(instants == instants.sorted())
    let ended = try #require(exchange.endedAt)
    #expect(exchange.arrivals.allSatisfy { $0.at <= ended })
  }

  @Test
  func `a stream whose last chunk is missing ends with its DONE`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        peer.send(Response.streamHead + Response.chunk("data: 1\n\n") + Response.chunk("data: [DONE]\n\n"))
      }
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.isComplete)
    #expect(exchange.failure == nil)
    #expect(exchange.endedAt == exchange.arrivals.last?.at)
  }

  @Test(.timeLimit(.minutes(1)), arguments: [": ping\n\n", ":\n\n: a\n: b\n\n", ": ping\r\n\r\n"])
  func `comments without end behind the DONE keep no stream open`(comments: String) throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      // In one piece, so that the marker never stands at the end of what was read.
      peer.send(Response.streamHead + Response.chunk("data: 1\n\ndata: [DONE]\n\n" + comments))
      while !peer.isClosed {
        peer.send(Response.chunk(comments))
        peer.pause(milliseconds: 20)
      }
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.isComplete)
    #expect(exchange.failure == nil)
  }

  @Test(.timeLimit(.minutes(1)))
  func `an answer that was there to its DONE is not cut by the end of the run`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.streamHead + Response.chunk("data: 1\n\ndata: [DONE]\n\n"))
      peer.waitForClose()
    }
    defer { server.stop() }
    var sending = Sending(requests: 5)
    sending.options.duration = .milliseconds(200)
    sending.options.grace = .milliseconds(100)
    let exchange = try #require(try sending.run(to: server.url).first)
    #expect(exchange.isComplete)
    #expect(exchange.failure == nil)
    #expect(exchange.endedAt == exchange.arrivals.last?.at)
  }

  @Test
  func `a connection whose last chunk comes late serves the next request`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        peer.send(Response.streamHead + Response.chunk("data: [DONE]\n\n"))
        peer.pause(milliseconds: 80)
        peer.send(Response.lastChunk)
      }
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 2).run(to: server.url)
    #expect(exchanges.allSatisfy { $0.isComplete })
    #expect(server.connections == 1)
  }

  @Test
  func `a line of 16 MiB arrives whole`() throws {
    let line = "data: " + String(repeating: "0123456789abcdef", count: 1 << 20) + "\n\n"
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.streamHead + Response.chunk(line) + Response.lastChunk)
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.isComplete)
    #expect(exchange.body == Array(line.utf8))
    #expect(exchange.bytesReceived > line.utf8.count)
  }

  @Test
  func `interim responses and trailers are no part of the body`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        peer.send(Response.streamHead + Response.chunk("data: 1\n\n") + "0\r\nDigest: x\r\n\r\n")
      }
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 2).run(to: server.url)
    #expect(exchanges.allSatisfy { $0.status == 200 && $0.text == "data: 1\n\n" && $0.isComplete })
    #expect(server.connections == 1)
  }

  @Test
  func `an answer sent byte by byte is the same answer`() throws {
    let answer = Array((Response.streamHead + Response.chunk("data: 1\n\n") + Response.lastChunk).utf8)
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      for byte in answer {
        peer.send([byte])
        peer.pause(milliseconds: 1)
      }
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    #expect(exchange.isComplete)
    #expect(exchange.text == "data: 1\n\n")
    #expect(exchange.bytesReceived == answer.count)
  }

  @Test
  func `a body that outgrows its part of the memory comes back whole, with its stamps`() throws {
    let events = (0..<400).map { "data: \($0) \(String(repeating: "x", count: 60))\n\n" }
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        peer.send(Response.streamHead)
        for start in stride(from: 0, to: events.count, by: 10) {
          peer.send(Response.chunk(events[start..<start + 10].joined()))
          peer.pause(milliseconds: 1)
        }
        peer.send(Response.lastChunk)
      }
    }
    defer { server.stop() }
    // So many places that each may take 2 KiB.
    let exchange = try #require(
      try Sending(pattern: .closedLoop(parallel: 1 << 14), requests: 1).run(to: server.url).first)
    #expect(exchange.isComplete)
    #expect(exchange.text == events.joined())
    let ends = exchange.arrivals.map(\.end)
    #expect(ends == ends.sorted() && ends.last.map { Int($0) } == exchange.body.count)
    #expect(exchange.arrivals.count > 1)
    #expect(exchange.arrivals.map(\.at) == exchange.arrivals.map(\.at).sorted())
  }

  @Test
  func `the response begins with its own head, and not with an interim one`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send("HTTP/1.1 100 Continue\r\n\r\n")
      peer.pause(milliseconds: 30)
      peer.send("\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + Response.whole())
    }
    defer { server.stop() }
    let exchange = try #require(try Sending().run(to: server.url).first)
    let (sent, headers) = (try #require(exchange.sentAt), try #require(exchange.headersAt))
    #expect(headers - sent >= .milliseconds(30))
    #expect(exchange.isComplete && exchange.status == 200)
  }

  @Test
  func `patience begins with the answer, so that an interim response does not use it up`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send("HTTP/1.1 100 Continue\r\n\r\n")
      peer.pause(milliseconds: 250)
      peer.send(Response.whole())
    }
    defer { server.stop() }
    var options = Sending.patientOptions
    options.patience = .milliseconds(50)
    let exchange = try #require(try Sending(options: options).run(to: server.url).first)
    #expect(exchange.failure == nil)
    #expect(exchange.status == 200)
  }

  @Test
  func `interim responses without end are a silence, and counted`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      for _ in 0..<60 {
        peer.send("HTTP/1.1 102 Processing\r\n\r\n")
        peer.pause(milliseconds: 50)
      }
    }
    defer { server.stop() }
    var options = Sending.patientOptions
    options.readTimeout = .milliseconds(300)
    let failure = try #require(try Sending(options: options).run(to: server.url).first?.failure)
    #expect(failure.code == .readTimeout)
    #expect(failure.message.contains("interim responses and no byte of an answer for"), "\(failure.message)")
  }
}
