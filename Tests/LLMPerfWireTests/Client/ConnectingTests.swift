import CLLMPerfWire
import Glibc
import LLMPerf
import Testing

@testable import LLMPerfWire

struct ConnectingTests {
  @Test
  func `connections come from the source addresses in turn`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil { peer.send(Response.whole()) }
    }
    defer { server.stop() }
    var sending = Sending(pattern: .closedLoop(parallel: 4), requests: 40)
    sending.options.sourceAddresses = try ["127.0.0.2", "127.0.0.3"].map { try SourceAddress(parsing: $0) }
    let exchanges = try sending.run(to: server.url)
    #expect(exchanges.allSatisfy { $0.isComplete })
    #expect(server.sources.sorted() == ["127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3"])
  }

  @Test(arguments: [
    ("localhost", "give numeric addresses"), ("", "give numeric addresses"),
    ("127.0.0.2,127.0.0.3", "with blanks between them"), ("192.0.2.1", "give addresses of this machine"),
  ])
  func `a source address that is none of this machine is refused`(text: String, says: String) {
    let error = #expect(throws: UsageError.self) { _ = try SourceAddress(parsing: text) }
    #expect(error?.message.contains("--source-addresses \(text)") == true)
    #expect(error?.message.contains(says) == true)
  }

  @Test
  func `a source address that cannot reach the service is refused before anything is sent`() throws {
    let server = try ScriptedServer { _, _ in }
    defer { server.stop() }
    // Machines without IPv6 have no such address, and refuse it as such.
    let error = #expect(throws: UsageError.self) {
      var sending = Sending(pattern: .closedLoop(parallel: 1), requests: 1)
      sending.options.sourceAddresses = [try SourceAddress(parsing: "::1")]
      _ = try sending.run(to: server.url)
    }
    #expect(error?.message.contains("--source-addresses ::1") == true)
    #expect(server.connections == 0)
  }

  @Test
  func `connections are open before the run starts where that is asked for`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil { peer.send(Response.whole()) }
    }
    defer { server.stop() }
    var sending = Sending(pattern: .closedLoop(parallel: 3), requests: 9)
    sending.options.preconnects = true
    let address = try ServiceAddress(server.url)
    let transport = HTTPTransport(to: address, load: sending.pattern, options: sending.options)
    try transport.prepare()
    while server.connections < 3 { lw_sleep_until(lw_monotonic() + 1_000_000) }
    #expect(server.requests.allSatisfy { $0.isEmpty })
    let exchanges = try sending.run(transport, to: address)
    #expect(exchanges.count == 9)
    #expect(exchanges.allSatisfy { $0.isComplete && $0.connectStartedAt == nil })
    #expect(server.connections == 3)
  }

  @Test
  func `where connecting ahead fails the requests say so`() throws {
    let listener = lw_listen("127.0.0.1", 0, 1, false)
    let port = lw_local_port(listener)
    lw_close(listener)
    var sending = Sending(pattern: .closedLoop(parallel: 2), requests: 6)
    sending.options.preconnects = true
    let exchanges = try sending.run(to: "127.0.0.1:\(port)")
    #expect(exchanges.map(\.request.index) == Array(0..<6))
    #expect(exchanges.allSatisfy { $0.failure?.code == .refused })
  }

  @Test(.timeLimit(.minutes(1)))
  func `where connecting ahead fails no slot rests for longer than it does elsewhere`() throws {
    let listener = lw_listen("127.0.0.1", 0, 1, false)
    let port = lw_local_port(listener)
    lw_close(listener)
    var sending = Sending(pattern: .closedLoop(parallel: 2), requests: 6)
    sending.options.preconnects = true
    sending.options.pausesAfterFailedConnect = true
    sending.options.duration = .seconds(600)
    let exchanges = try sending.run(to: "127.0.0.1:\(port)")
    #expect(exchanges.map(\.failure?.code) == Array(repeating: .refused, count: 6))
  }

  @Test
  func `the next address is tried when one refuses`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil { peer.send(Response.whole()) }
    }
    defer { server.stop() }
    let addresses = try ["::1", "127.0.0.9", "127.0.0.1"].flatMap {
      try ServiceEndpoint(ServiceAddress("[\($0)]:\(server.port)"), ClientOptions()).addresses
    }
    let endpoint = ServiceEndpoint(addresses: addresses, host: "localhost", tls: nil)
    let exchanges = try Sending(requests: 3).run(to: endpoint)
    #expect(exchanges.count == 3)
    #expect(exchanges.allSatisfy { $0.isComplete && $0.failure == nil })
    #expect(server.connections == 1)
  }

  @Test
  func `a service on IPv6 is found by its address`() throws {
    let server = try ScriptedServer(on: "::1") { _, peer in
      while peer.readRequest() != nil { peer.send(Response.whole()) }
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 2).run(to: "[::1]:\(server.port)")
    #expect(exchanges.allSatisfy { $0.isComplete })
    #expect(server.requests.joined().allSatisfy { $0.contains("Host: [::1]:\(server.port)\r\n") })
  }

  @Test
  func `a handshake that gets no answer ends by the connect timeout`() throws {
    let server = try ScriptedServer { _, peer in peer.waitForClose() }
    defer { server.stop() }
    var sending = Sending()
    sending.options.connectTimeout = .milliseconds(100)
    let exchange = try #require(try sending.run(to: "https://127.0.0.1:\(server.port)").first)
    #expect(exchange.failure?.code == .connectTimeout)
    #expect(exchange.sentAt == nil)
  }
}
