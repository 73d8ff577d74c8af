import LLMPerf
import Testing

@testable import LLMPerfWire

struct LoopTimersTests {
  private func limits(read: Duration) -> ConnectionLimits {
    var options = ClientOptions()
    options.readTimeout = read
    return ConnectionLimits(options)
  }

  /// The next timer but the loop's look at itself.
  private func next(_ timers: inout LoopTimers, dueBy instant: RunInstant) -> LoopTimers.Timer? {
    while let timer = timers.next(dueBy: instant) {
      if case .look = timer { continue }
      return timer
    }
    return nil
  }

  @Test
  func `a connection's timer stands no farther ahead than the shortest limit, and in whole steps`() {
    for (read, deadline, stands) in [
      (Duration.seconds(120), RunInstant.at(120_003), RunInstant.at(1050)), (.seconds(120), .at(40), .at(50)),
      (.milliseconds(80), .at(83), .at(20)), (.milliseconds(80), .at(4), .at(10)),
    ] {
      var timers = LoopTimers()
      timers.begin(limits(read: read), at: .start)
      let channel = Channel(index: 7)
      timers.set(channel, for: deadline, at: .at(3))
      #expect(channel.isTimed)
      #expect(next(&timers, dueBy: RunInstant(nanoseconds: stands.nanoseconds - 1)) == nil)
      guard case .connection(7)? = next(&timers, dueBy: stands) else {
        Issue.record("no timer at \(stands.seconds) s")
        continue
      }
    }
  }

  @Test
  func `the loop looks at itself at once and then in steps, whenever it gets to it`() {
    var timers = LoopTimers()
    timers.begin(limits(read: .seconds(120)), at: .at(7))
    #expect(timers.firstDue == .at(7))
    #expect(timers.next(dueBy: .at(7)) != nil)
    timers.lookAgain(after: .at(8))
    #expect(timers.firstDue == .at(50))
    _ = timers.next(dueBy: .at(50))
    timers.lookAgain(after: .at(50))
    #expect(timers.firstDue == .at(100))
    _ = timers.next(dueBy: .at(331))
    timers.lookAgain(after: .at(331))
    #expect(timers.firstDue == .at(350))
  }

  @Test
  func `the cut comes when it was last set to, and once`() {
    var timers = LoopTimers()
    timers.begin(limits(read: .seconds(120)), at: .start)
    timers.setCut(nil)
    for _ in 0..<3 { timers.setCut(.at(2000)) }
    timers.setCut(.at(500))
    #expect(next(&timers, dueBy: .at(499)) == nil)
    guard case .cut? = next(&timers, dueBy: .at(500)) else {
      Issue.record("no cut")
      return
    }
    #expect(next(&timers, dueBy: .at(1999)) == nil)
  }

  @Test
  func `a slot that rests is free again after its rest`() {
    var timers = LoopTimers()
    timers.begin(limits(read: .seconds(120)), at: .start)
    timers.rest(Channel(index: 3), from: .at(10))
    #expect(next(&timers, dueBy: .at(59)) == nil)
    guard case .rested(3)? = next(&timers, dueBy: .at(60)) else {
      Issue.record("no slot")
      return
    }
  }

  @Test
  func `one timer stands for a connection, however many requests it serves`() throws {
    let server = try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        peer.send(Response.streamHead + Response.chunk("data: [DONE]\n\n"))
        peer.send("0\r\n\r\n")
      }
    }
    defer { server.stop() }
    let sending = Sending(pattern: .closedLoop(parallel: 3), requests: 60)
    let endpoint = try ServiceEndpoint(ServiceAddress(server.url), sending.options)
    let loop = try ClientLoop(
      number: 0, endpoint: .success(endpoint), options: sending.options, control: LoopControl(), slots: 3,
      maxInFlight: nil)
    let exchanges = try sending.run(on: loop)
    #expect(exchanges.count == 60 && exchanges.allSatisfy(\.isComplete))
    // The loop's look at itself is one more.
    #expect(loop.timers.count <= 3 + 1)
  }
}
