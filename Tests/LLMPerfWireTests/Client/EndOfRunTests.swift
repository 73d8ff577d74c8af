import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfLock
import LLMPerfTestSupport
import Testing

@testable import LLMPerfWire

/// What the loops do when a run ends, and when one of them breaks.
struct EndOfRunTests {
  /// Parts that a service sends again and again, so that no silence ends the response.
  struct Endless: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let head: String
    let part: String
  }

  private static let endless = [
    Endless(testDescription: "comments", head: Response.streamHead, part: Response.chunk(": keep-alive\n\n")),
    Endless(testDescription: "interim responses", head: "", part: "HTTP/1.1 100 Continue\r\n\r\n"),
    Endless(
      testDescription: "a body", head: "HTTP/1.1 200 OK\r\n\r\n", part: String(repeating: "x", count: 300_000)),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: Self.endless)
  func `what does not end within the grace after the duration is cut`(endless: Endless) throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(endless.head)
      while !peer.isClosed {
        peer.send(endless.part)
        if endless.part.utf8.count < 1000 { peer.pause(milliseconds: 2) }
      }
    }
    defer { server.stop() }
    var sending = Sending(requests: 5)
    sending.options.duration = .milliseconds(100)
    sending.options.grace = .milliseconds(50)
    let exchanges = try sending.run(to: server.url)
    #expect(exchanges.map(\.failure?.code) == [.cancelled])
  }

  @Test
  func `a later stop shortens the grace and never lengthens it`() {
    let control = LoopControl()
    control.stopSending(cancelAfter: .zero)
    control.stopSending(cancelAfter: .seconds(3600))
    #expect(control.isCancelled)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a loop that breaks records what it has in flight as failed, and ends the run`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.waitForClose()
    }
    defer { server.stop() }
    let address = try ServiceAddress(server.url)
    var options = Sending.patientOptions
    options.loops = 2
    let broken = Lock<Int32?>(nil)
    let transport = HTTPTransport(to: address, load: .closedLoop(parallel: 4), options: options) { loop in
      if loop.number == 1 { broken.withLock { $0 = loop.poller.descriptor } }
    }
    try transport.prepare()
    let queue = RequestQueue()
    let (wire, bodyStart) = APIRequest(headers: [], body: Array("{}".utf8)).wire(to: address)
    for index in 0..<100 {
      _ = queue.push(ScheduledRequest(index: index, wire: wire, bodyStart: bodyStart), dueAt: nil)
    }
    let finished = ExchangeQueue()
    let failures = Lock<[String]>([])
    transport.start(requests: [queue], finished: finished, clockOrigin: lw_monotonic()) { error in
      failures.withLock { $0.append("\(error)") }
      transport.stopSending(cancelAfter: .zero)
    }
    while server.requests.joined().count < 4 { lw_sleep_until(lw_monotonic() + 1_000_000) }
    // Where the descriptor is another file, the kernel refuses to wait for it.
    try Self.replaceByNullDevice(try #require(broken.withLock { $0 }))
    transport.waitUntilDone()
    finished.close()
    var exchanges: [FinishedExchange] = []
    while let batch = finished.drain(milliseconds: 0) { exchanges += batch }
    #expect(failures.withLock(\.count) == 1)
    #expect(failures.withLock(\.first)?.contains("epoll") == true)
    let codes = exchanges.compactMap { $0.failure?.code.description }.sorted()
    #expect(codes == ["cancelled", "cancelled", "client-error", "client-error"])
    #expect(exchanges.contains { $0.failure?.message.contains("epoll") == true })
  }

  private static func replaceByNullDevice(_ descriptor: Int32) throws {
    let null = open("/dev/null", O_RDWR)
    try #require(null >= 0)
    dup2(null, descriptor)
    close(null)
  }

  @Test(.timeLimit(.minutes(1)))
  func `one loop that cannot get ready ends the preparation of all`() throws {
    var options = Sending.patientOptions
    options.loops = 3
    let transport = HTTPTransport(
      to: try ServiceAddress("127.0.0.1:9"), load: .closedLoop(parallel: 3), options: options
    ) { loop in
      if loop.number == 1 { throw UsageError("no descriptor left") }
    }
    #expect(throws: UsageError("no descriptor left")) { try transport.prepare() }
    // None of them waits any more.
    transport.waitUntilDone()
  }

  @Test
  func `an upload that takes longer than the read timeout is no silence`() throws {
    let server = try ScriptedServer { _, peer in
      peer.readRequest(pausing: 40)
      peer.send(Response.whole())
    }
    defer { server.stop() }
    var sending = Sending(requests: 1)
    sending.options.readTimeout = .milliseconds(400)
    sending.wire = Self.upload(ofBytes: 24 << 20)
    let exchange = try #require(try sending.run(to: server.url).first)
    #expect(exchange.status == 200)
    #expect(exchange.failure == nil)
    #expect(try #require(exchange.endedAt) - (try #require(exchange.sentAt)) > .milliseconds(400))
  }

  @Test
  func `an upload that lies in our own socket is no silence while the service takes of it`() throws {
    let server = try ScriptedServer { _, peer in
      peer.keepLittleUnread()
      peer.readRequest(pausing: 80, every: 128 << 10)
      peer.send(Response.whole())
    }
    defer { server.stop() }
    var sending = Sending(requests: 1)
    sending.options.readTimeout = .milliseconds(800)
    sending.wire = Self.upload(ofBytes: 2 << 20)
    let exchange = try #require(try sending.run(to: server.url).first)
    #expect(exchange.failure == nil)
    #expect(exchange.status == 200)
  }

  @Test
  func `a service that takes nothing of an upload is told apart from one that is silent`() throws {
    let server = try ScriptedServer { _, peer in peer.hold() }
    defer { server.stop() }
    var sending = Sending(requests: 1)
    sending.options.readTimeout = .milliseconds(100)
    sending.wire = Self.upload(ofBytes: 24 << 20)
    let failure = try #require(try sending.run(to: server.url).first?.failure)
    #expect(failure.code == .readTimeout)
    #expect(failure.message.hasPrefix("no byte of the request was taken for 0.1 seconds, after "), "\(failure.message)")
  }

  @Test(.timeLimit(.minutes(1)))
  func `a request that the system refuses to send does not wait for the read timeout`() throws {
    let server = try ScriptedServer { _, peer in peer.hold() }
    defer { server.stop() }
    let address = try ServiceAddress(server.url)
    var options = Sending.patientOptions
    options.preconnects = true
    let loop = try ClientLoop(
      number: 0, endpoint: .success(ServiceEndpoint(address, options)), options: options, control: LoopControl(),
      load: .closedLoop(parallel: 1))
    try loop.preconnect()
    // The service hears nothing of it that would make it answer.
    for channel in loop.channels { shutdown(channel.socket.descriptor, Int32(SHUT_WR)) }
    let queue = RequestQueue()
    let (wire, bodyStart) = APIRequest(headers: [], body: Array("{}".utf8)).wire(to: address)
    _ = queue.push(ScheduledRequest(index: 0, wire: wire, bodyStart: bodyStart), dueAt: nil)
    queue.close()
    let finished = ExchangeQueue()
    try loop.run(queue, finished: finished, clockOrigin: lw_monotonic())
    let exchange = try #require(finished.drain(milliseconds: 0)?.first)
    #expect(exchange.failure?.message == "the request could not be sent: Broken pipe")
    #expect(try #require(exchange.endedAt) - .start < .seconds(10))
  }

  private static func upload(ofBytes count: Int) -> [UInt8] {
    Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(count)\r\n\r\n".utf8)
      + [UInt8](repeating: UInt8(ascii: "x"), count: count)
  }
}
