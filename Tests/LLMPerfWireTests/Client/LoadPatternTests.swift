import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfTestSupport
import Synchronization
import Testing

@testable import LLMPerfWire

struct LoadPatternTests {
  private static func answering(after milliseconds: Int64 = 0) throws -> ScriptedServer {
    try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        if milliseconds > 0 { peer.pause(milliseconds: milliseconds) }
        peer.send(Response.whole())
      }
    }
  }

  @Test
  func `a request that waits for a place in flight is late from its due time on`() throws {
    let server = try Self.answering(after: 20)
    defer { server.stop() }
    let sending = Sending(pattern: .openLoop(.atOnce, maxInFlight: 1), requests: 4)
    let exchanges = try sending.run(to: server.url)
    #expect(exchanges.allSatisfy { $0.dueAt == .start && $0.isComplete })
    for (earlier, later) in zip(exchanges, exchanges.dropFirst()) {
      let (ended, sent) = (try #require(earlier.endedAt), try #require(later.sentAt))
      #expect(sent >= ended)
    }
    #expect(server.connections == 1)
  }

  @Test
  func `sending waits for a recorder that is far behind, and goes on when it has caught up`() throws {
    let server = try Self.answering()
    defer { server.stop() }
    let sending = Sending(requests: 12)
    let address = try ServiceAddress(server.url)
    let transport = HTTPTransport(to: address, load: sending.pattern, options: sending.options)
    try transport.prepare()
    let finished = ExchangeQueue(countLimit: 4, batchSize: 1)
    var recorded: [FinishedExchange] = []
    let rest = try sending.run(transport, to: address, finished: finished) { _ in
      while !finished.isCongested { usleep(1000) }
      // Long enough for many more requests.
      usleep(50_000)
      #expect(finished.backlog == 5)
      while recorded.count < 12 { recorded += finished.drain(milliseconds: 5) ?? [] }
    }
    #expect(rest.isEmpty)
    #expect(recorded.map(\.request.index) == Array(0..<12))
    #expect(recorded.allSatisfy { $0.isComplete })
  }

  @Test
  func `a cap on requests in flight holds for all loops together`() throws {
    let inFlight = Atomic(0)
    let most = Atomic(0)
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        most.max(inFlight.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        peer.pause(milliseconds: 10)
        inFlight.subtract(1, ordering: .relaxed)
        peer.send(Response.whole())
      }
    }
    defer { server.stop() }
    var sending = Sending(pattern: .openLoop(.atOnce, maxInFlight: 2), requests: 12)
    sending.options.loops = 4
    let exchanges = try sending.run(to: server.url)
    #expect(exchanges.count == 12)
    #expect(exchanges.allSatisfy { $0.isComplete })
    #expect(most.load(ordering: .relaxed) <= 2)
  }

  @Test
  func `without a cap everything that is due is in flight`() throws {
    let waiting = Atomic(0)
    let server = try ScriptedServer { _, peer in
      guard peer.readRequest() != nil else { return }
      waiting.add(1, ordering: .relaxed)
      // Nobody gets an answer before all have asked.
      while waiting.load(ordering: .relaxed) < 20 { peer.pause(milliseconds: 1) }
      peer.send(Response.whole())
    }
    defer { server.stop() }
    let exchanges = try Sending(pattern: .openLoop(.atOnce, maxInFlight: nil), requests: 20).run(to: server.url)
    #expect(exchanges.count == 20)
    #expect(exchanges.allSatisfy { $0.isComplete })
    #expect(server.connections == 20)
  }

  @Test
  func `no request leaves before it is due`() throws {
    let server = try Self.answering()
    defer { server.stop() }
    let dueTimes = (0..<20).map { RunInstant(nanoseconds: Int64($0) * 3_000_000) }
    let sending = Sending(pattern: .openLoop(.poisson(rate: 1), maxInFlight: nil), requests: 20, dueTimes: dueTimes)
    let exchanges = try sending.run(to: server.url)
    #expect(exchanges.map(\.dueAt) == dueTimes)
    #expect(exchanges.allSatisfy { ($0.sentAt ?? .start) >= $0.dueAt })
  }

  @Test
  func `a slot's next request is due when its last one ended`() throws {
    let server = try Self.answering()
    defer { server.stop() }
    let exchanges = try Sending(requests: 5).run(to: server.url)
    #expect(exchanges.map(\.dueAt) == [.start] + exchanges.dropLast().compactMap(\.endedAt))
  }

  @Test
  func `nothing is sent when the duration is over, and what was sent ends`() throws {
    let server = try Self.answering(after: 10)
    defer { server.stop() }
    var sending = Sending(pattern: .closedLoop(parallel: 2), requests: 5000)
    sending.options.duration = .milliseconds(150)
    let exchanges = try sending.run(to: server.url)
    #expect(!exchanges.isEmpty)
    #expect(exchanges.count < 5000)
    #expect(exchanges.allSatisfy { $0.isComplete })
    #expect(exchanges.map(\.request.index) == Array(0..<exchanges.count))
  }

  @Test
  func `what is in flight when sending stops may end within the grace time`() throws {
    let asked = Waker()
    let stopped = Waker()
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      asked.signal()
      stopped.wait()
      peer.send(Response.whole())
    }
    defer { server.stop() }
    let exchanges = try Sending(requests: 10).run(to: server.url) { transport in
      asked.wait()
      transport.stopSending(cancelAfter: .seconds(20))
      stopped.signal()
    }
    #expect(exchanges.count == 1)
    #expect(exchanges.allSatisfy { $0.isComplete && $0.status == 200 })
  }

  @Test
  func `what outlasts the grace time is cancelled, with what came of it`() throws {
    let begun = Atomic(0)
    let server = try ScriptedServer { _, peer in
      peer.readRequest()
      peer.send(Response.streamHead + Response.chunk("data: 1\n\n"))
      begun.add(1, ordering: .relaxed)
      peer.waitForClose()
    }
    defer { server.stop() }
    let exchanges = try Sending(pattern: .closedLoop(parallel: 3), requests: 50).run(to: server.url) { transport in
      // What lies in a socket is read before timeouts are looked at.
      while begun.load(ordering: .relaxed) < 3 { lw_sleep_until(lw_monotonic() + 1_000_000) }
      transport.stopSending(cancelAfter: .milliseconds(20))
    }
    #expect(exchanges.count == 3)
    #expect(exchanges.allSatisfy { $0.failure?.code == .cancelled && $0.text == "data: 1\n\n" })
  }

  @Test
  func `several loops share the slots and lose nothing`() throws {
    let server = try Self.answering()
    defer { server.stop() }
    var sending = Sending(pattern: .closedLoop(parallel: 7), requests: 210)
    sending.options.loops = 3
    var observations: [LoopObservation] = []
    let exchanges = try sending.run(to: server.url) { transport in
      transport.waitUntilDone()
      observations = transport.observations
    }
    #expect(exchanges.map(\.request.index) == Array(0..<210))
    #expect(exchanges.allSatisfy { $0.isComplete })
    #expect(observations.count == 3)
    #expect(observations.reduce(0) { $0 + $1.sent } == 210)
    #expect(observations.reduce(0) { $0 + $1.peakInFlight } == 7)
    #expect(server.connections == 7)
  }

  @Test
  func `there are no more loops than slots`() throws {
    let server = try Self.answering()
    defer { server.stop() }
    var sending = Sending(pattern: .closedLoop(parallel: 2), requests: 10)
    sending.options.loops = 8
    #expect(try sending.run(to: server.url).count == 10)
    #expect(server.connections == 2)
  }
}
