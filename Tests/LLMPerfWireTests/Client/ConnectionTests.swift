import Glibc
import LLMPerf
import Testing

@testable import LLMPerfWire

/// The states of a connection, without a socket: events in, actions out.
struct ConnectionTests {
  // MARK: Connecting

  @Test
  func `a closed connection connects before it sends, and one that is kept sends at once`() {
    var script = ConnectionScript()
    #expect(script.begin() == .reconnect)
    #expect(script.connection.connectingBegins(at: .at(1)) == .connect)
    #expect(script.connection.isBeingMade)
    #expect(script.connection.connected(isSecure: false, at: .at(2)) == .send)
    #expect(script.connection.exchange.connectStartedAt == .at(1))
    #expect(script.connection.exchange.connectedAt == .at(2))
    script.send(at: .at(3))
    #expect(script.receive(Response.whole(), at: .at(4)) == .finish)
    let first = script.connection.takeExchange()
    #expect(first.isComplete && !first.reusedConnection && first.endedAt == .at(4) && first.status == 200)

    #expect(script.begin() == .send)
    script.send(at: .at(5))
    #expect(script.receive(Response.whole(), at: .at(6)) == .finish)
    let second = script.connection.takeExchange()
    #expect(second.reusedConnection && second.connectStartedAt == nil && second.sentAt == .at(5))
  }

  @Test
  func `each address is tried in its turn, and the failure of the last is the exchange's`() {
    var script = ConnectionScript()
    _ = script.begin()
    _ = script.connection.connectingBegins(at: .at(1))
    #expect(script.connection.addressFailed(code: EHOSTUNREACH, isLast: false, at: .at(2)) == .connect)
    #expect(script.connection.addressIndex == 1)
    #expect(script.connection.addressFailed(code: ECONNREFUSED, isLast: true, at: .at(3)) == .close(reset: true))
    #expect(script.connection.couldNotConnect)
    let exchange = script.connection.takeExchange()
    #expect(exchange.failure == RequestFailure(.refused, "connection refused; is the service running?"))
    #expect(exchange.endedAt == .at(3) && exchange.sentAt == nil)
    #expect(script.begin() == .reconnect)
    #expect(!script.connection.couldNotConnect)
  }

  @Test(arguments: [
    (ETIMEDOUT, RequestFailure.Code.connectTimeout), (EADDRNOTAVAIL, .refused), (EHOSTUNREACH, .refused),
  ])
  func `what the system says of an address has its class`(code: Int32, expected: RequestFailure.Code) {
    var script = ConnectionScript()
    _ = script.begin()
    _ = script.connection.connectingBegins(at: .at(1))
    _ = script.connection.addressFailed(code: code, isLast: true, at: .at(2))
    #expect(script.connection.takeExchange().failure?.code == expected)
  }

  @Test
  func `a lack of descriptors says what to do about it, and is no failure of the service's address`() {
    var script = ConnectionScript()
    _ = script.begin()
    _ = script.connection.connectingBegins(at: .at(1))
    #expect(script.connection.socketIsMissing(code: EMFILE, at: .at(1)) == .close(reset: true))
    #expect(!script.connection.couldNotConnect)
    #expect(script.connection.takeExchange().failure?.message.contains("ulimit -n") == true)
  }

  @Test
  func `a handshake waits for what it lacks, and is followed by the request`() {
    var script = ConnectionScript()
    _ = script.begin()
    _ = script.connection.connectingBegins(at: .at(1))
    #expect(script.connection.connected(isSecure: true, at: .at(2)) == .shakeHands)
    #expect(script.connection.handshook(.later(.writing), at: .at(3)) == .watch(writes: true))
    #expect(script.connection.handshook(.later(.reading), at: .at(4)) == .watch(writes: false))
    #expect(script.connection.isBeingMade)
    #expect(script.connection.handshook(.done, at: .at(5)) == .send)
    #expect(script.connection.exchange.connectedAt == .at(5))
  }

  @Test
  func `a handshake that fails is a failure of TLS`() {
    var script = ConnectionScript()
    _ = script.begin()
    _ = script.connection.connectingBegins(at: .at(1))
    _ = script.connection.connected(isSecure: true, at: .at(2))
    #expect(script.connection.handshook(.failed("no shared cipher"), at: .at(3)) == .close(reset: true))
    #expect(script.connection.takeExchange().failure == RequestFailure(.tls, "no shared cipher"))
  }

  @Test
  func `a connection that is made ahead waits for its first exchange`() {
    var connection = Connection()
    #expect(connection.connectingBegins(at: .at(1)) == .connect)
    #expect(connection.connected(isSecure: false, at: .at(2)) == .watch(writes: false))
    #expect(connection.state == .idle)
    #expect(connection.begin(ConnectionScript.exchange()) == .send)
    #expect(!connection.exchange.reusedConnection)
  }

  @Test
  func `one that is still being made when its exchange comes begins anew`() {
    var connection = Connection()
    _ = connection.connectingBegins(at: .at(1))
    #expect(connection.begin(ConnectionScript.exchange()) == .reconnect)
    #expect(connection.connectingBegins(at: .at(2)) == .connect)
    #expect(connection.exchange.connectStartedAt == .at(2))
  }

  // MARK: Sending

  @Test
  func `a request that finds no room waits for it, and is written to its end`() {
    var script = ConnectionScript(wire: [UInt8](repeating: 0x78, count: 100))
    script.connect()
    script.beginSending(at: .at(1))
    #expect(script.connection.wrote(.bytes(60, stamp: 0), at: .at(2)) == .write)
    #expect(script.connection.wrote(.later(.writing), at: .at(3)) == .watch(writes: true))
    #expect(script.connection.lastActivity == .at(1))
    #expect(script.connection.wrote(.bytes(30, stamp: 0), at: .at(4)) == .write)
    #expect(script.connection.lastActivity == .at(4))
    #expect(script.connection.wrote(.bytes(10, stamp: 0), at: .at(5)) == .watch(writes: false))
    #expect(script.connection.sent == 100 && script.connection.exchange.bytesSent == 100)
  }

  @Test
  func `an answer that comes before the request is sent costs the connection`() {
    var script = ConnectionScript(wire: [UInt8](repeating: 0x78, count: 100))
    script.connect()
    script.beginSending(at: .at(1))
    _ = script.connection.wrote(.later(.writing), at: .at(2))
    #expect(script.receive(Response.whole("413 Too Large", "no"), at: .at(3)) == .close(reset: false))
    let exchange = script.connection.takeExchange()
    #expect(exchange.isComplete && exchange.status == 413)
  }

  @Test(arguments: [(200_000, 0), (200_001, 200_001)] as [(Int64, Int64)])
  func `handing over counts as a delay where it took longer than it does`(took: Int64, delay: Int64) {
    var script = ConnectionScript()
    script.connect()
    script.send(at: .at(1))
    script.connection.firstWritesTook(took)
    #expect(script.connection.exchange.sendDelay == delay)
  }

  // MARK: Receiving

  @Test
  func `a read has the kernel's stamp where there is one, and the slack since the socket was empty`() throws {
    var script = ConnectionScript()
    script.connect()
    script.send(at: .at(10))
    _ = script.receive(Response.streamHead, at: .at(20))
    let chunk = Response.chunk("data: 1\n\n")
    #expect(script.receive(chunk, at: .at(30), readAt: .at(34), emptyAt: .at(5), crowding: 3_000_000) == .wait)
    script.connection.emptiedAt = .at(33)
    #expect(script.receive(chunk, at: .at(40), emptyAt: .at(38)) == .wait)
    script.connection.emptiedAt = .at(45)
    #expect(script.receive(chunk, at: .at(50), emptyAt: .at(38)) == .wait)
    let exchange = script.connection.exchange
    #expect(exchange.headersAt == .at(20))
    #expect(exchange.arrivals.map(\.at) == [.at(30), .at(40), .at(50)])
    // Since the send, since the loop's look, and since the socket's own last read.
    #expect(exchange.arrivals.map(\.slack) == [.milliseconds(23), .milliseconds(2), .milliseconds(5)])
    #expect(exchange.kernelStamped && exchange.longestReadDelay == .milliseconds(4))
    #expect(script.connection.earliestNext == .at(50))
  }

  @Test
  func `one read without the kernel's stamp tells of the whole exchange`() {
    var script = ConnectionScript()
    script.connect()
    script.send(at: .at(1))
    _ = script.receive(Response.streamHead + Response.chunk("data: 1\n\n"), at: .at(2))
    _ = script.receive(Response.chunk("data: 2\n\n"), at: .at(3), isStamped: false)
    #expect(!script.connection.exchange.kernelStamped)
  }

  @Test(arguments: [nil, "Connection reset by peer"] as [String?])
  func `a kept connection that dies before the first byte is tried once more`(reason: String?) {
    var script = ConnectionScript()
    script.connect()
    script.send(at: .at(1))
    _ = script.receive(Response.whole(), at: .at(2))
    _ = script.connection.takeExchange()
    _ = script.begin()
    script.send(at: .at(3))
    #expect(script.connection.peerClosed(reason, at: .at(4)) == .reconnect)
    #expect(script.connection.isBusy && script.connection.exchange.retried)
    #expect(script.connection.exchange.sentAt == nil && script.connection.exchange.bytesSent == 0)
    #expect(script.connection.connectingBegins(at: .at(4)) == .connect)
    _ = script.connection.connected(isSecure: false, at: .at(5))
    script.send(at: .at(6))
    #expect(script.connection.peerClosed(reason, at: .at(7)) == .close(reset: false))
    let exchange = script.connection.takeExchange()
    #expect(exchange.failure?.code == .reset && !exchange.reusedConnection && exchange.endedAt == .at(7))
  }

  @Test
  func `an end of the connection is the end of a body that has no other`() {
    for (head, isComplete) in [
      ("HTTP/1.1 200 OK\r\n\r\n", true), ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", false),
    ] {
      var script = ConnectionScript()
      script.connect()
      script.send(at: .at(1))
      #expect(script.receive(head + "hello", at: .at(2)) == .wait)
      #expect(script.connection.peerClosed(nil, at: .at(3)) == .close(reset: false))
      let exchange = script.connection.takeExchange()
      #expect(exchange.isComplete == isComplete && exchange.failure == nil && exchange.body == Array("hello".utf8))
    }
  }

  @Test
  func `bytes behind a response cost the connection, and so do bytes that nobody asked for`() {
    var script = ConnectionScript()
    script.connect()
    script.send(at: .at(1))
    #expect(script.receive(Response.whole() + "surplus", at: .at(2)) == .close(reset: false))
    #expect(script.connection.takeExchange().isComplete)
    script.connect()
    script.send(at: .at(3))
    #expect(script.receive(Response.whole(), at: .at(4)) == .finish)
    _ = script.connection.takeExchange()
    #expect(script.receive("surplus", at: .at(5)) == .close(reset: false))
    #expect(script.connection.state == .closed && !script.connection.isBusy)
  }

  @Test
  func `what is not HTTP is malformed, and what came with it is kept with its time`() {
    var script = ConnectionScript()
    script.connect()
    script.send(at: .at(1))
    let bytes = Response.streamHead + Response.chunk("data: 1\n\n") + "zz\r\n"
    #expect(script.receive(bytes, at: .at(2), readAt: .at(3)) == .close(reset: true))
    let exchange = script.connection.takeExchange()
    #expect(exchange.failure?.code == .malformed && exchange.endedAt == .at(3))
    #expect(exchange.arrivals.map(\.at) == [.at(2)])
  }
}
