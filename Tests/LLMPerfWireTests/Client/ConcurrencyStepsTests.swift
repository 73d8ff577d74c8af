import LLMPerf
import LLMPerfWire
import Testing

/// A closed loop whose concurrency changes while it runs.
struct ConcurrencyStepsTests {
  private static func instant(_ milliseconds: Int64) -> RunInstant { RunInstant(nanoseconds: milliseconds * 1_000_000) }

  @Test(.timeLimit(.minutes(1)), arguments: [1, 2])
  func `has as many in flight as each step says, and is due when a place opens`(loops: Int) throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        peer.pause(milliseconds: 4)
        peer.send(Response.whole())
      }
    }
    defer { server.stop() }
    let steps = Concurrency(steps: [
      .init(from: .start, places: 2), .init(from: Self.instant(60), places: 6),
      .init(from: Self.instant(120), places: 2),
    ])
    var sending = Sending(pattern: Load(.closedLoop(steps)), requests: 100_000)
    (sending.options.loops, sending.options.duration) = (loops, .milliseconds(200))
    let exchanges = try sending.run(to: server.url)
    func inFlight(_ milliseconds: Int64) -> Int {
      let at = Self.instant(milliseconds)
      return exchanges.count { ($0.sentAt ?? .max) <= at && ($0.endedAt ?? .max) > at }
    }
    #expect((0..<60).allSatisfy { inFlight($0) <= 2 })
    #expect((60..<120).allSatisfy { inFlight($0) <= 6 })
    #expect((80..<115).contains { inFlight($0) > 4 })
    // A request that was under way when its place became too many ends by itself.
    #expect((160..<200).allSatisfy { inFlight($0) <= 2 })
    #expect(exchanges.allSatisfy { $0.isComplete })
    #expect(exchanges.count { $0.dueAt == Self.instant(60) } >= 4)
    #expect(Set(exchanges.map(\.request.origin.stage)) == [0, 1, 2])
    for exchange in exchanges { #expect(exchange.request.origin.stage == steps.stage(at: exchange.dueAt)) }
  }
}
