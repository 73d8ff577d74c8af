import LLMPerf
import Testing

@testable import LLMPerfWire

/// When an exchange ends by itself: deadlines, without a clock.
struct ConnectionDeadlineTests {
  private static func limits(_ change: (inout ClientOptions) -> Void = { _ in }) -> ConnectionLimits {
    var options = ClientOptions()
    options.connectTimeout = .milliseconds(300)
    options.readTimeout = .milliseconds(8000)
    change(&options)
    return ConnectionLimits(options)
  }

  @Test
  func `a connection without an exchange has no deadline`() {
    var connection = Connection()
    #expect(connection.deadline(Self.limits()) == nil)
    _ = connection.connectingBegins(at: .at(1))
    #expect(connection.deadline(Self.limits()) == nil)
    _ = connection.connected(isSecure: false, at: .at(2))
    #expect(connection.deadline(Self.limits()) == nil)
    #expect(connection.timerFired(at: .at(1_000_000), Self.limits()) == .wait)
  }

  @Test
  func `connecting and its handshake share one time limit over all addresses`() {
    var script = ConnectionScript()
    let limits = Self.limits()
    _ = script.begin()
    _ = script.connection.connectingBegins(at: .at(10))
    #expect(script.connection.deadline(limits) == .at(310))
    _ = script.connection.addressFailed(code: 111, isLast: false, at: .at(50))
    _ = script.connection.connected(isSecure: true, at: .at(60))
    #expect(script.connection.deadline(limits) == .at(310))
    #expect(script.connection.timerFired(at: .at(309), limits) == .wait)
    #expect(script.connection.timerFired(at: .at(310), limits) == .close(reset: true))
    let exchange = script.connection.takeExchange()
    #expect(exchange.failure == RequestFailure(.connectTimeout, "no connection within 0.3 seconds"))
    #expect(exchange.endedAt == .at(310))
  }

  @Test
  func `each byte of the answer puts the read timeout off, and interim responses do not`() {
    var script = ConnectionScript()
    let limits = Self.limits()
    script.connect()
    script.send(at: .at(100))
    #expect(script.connection.deadline(limits) == .at(8100))
    _ = script.receive("HTTP/1.1 100 Continue\r\n\r\n", at: .at(200))
    #expect(script.connection.deadline(limits) == .at(8100))
    _ = script.receive(Response.streamHead, at: .at(300), readAt: .at(310))
    #expect(script.connection.deadline(limits) == .at(8310))
    #expect(script.connection.timerFired(at: .at(8309), limits) == .wait)
    #expect(script.connection.timerFired(at: .at(8310), limits) == .close(reset: true))
    #expect(script.connection.takeExchange().failure == RequestFailure(.readTimeout, "no byte for 8.0 seconds"))
  }

  @Test
  func `silence behind interim responses says how many there were`() {
    var script = ConnectionScript()
    script.connect()
    script.send(at: .at(0))
    for at in 1...3 { _ = script.receive("HTTP/1.1 102 Processing\r\n\r\n", at: .at(Int64(at))) }
    _ = script.connection.timerFired(at: .at(8000), Self.limits())
    #expect(
      script.connection.takeExchange().failure?.message
        == "3 interim responses and no byte of an answer for 8.0 seconds")
  }

  @Test
  func `an answer that has come to its DONE is whole a second later, as of the DONE`() {
    var script = ConnectionScript()
    let limits = Self.limits()
    script.connect()
    script.send(at: .at(0))
    _ = script.receive(Response.streamHead + Response.chunk("data: [DONE]\n\n"), at: .at(500))
    #expect(script.connection.deadline(limits) == .at(1500))
    #expect(script.connection.timerFired(at: .at(1499), limits) == .wait)
    #expect(script.connection.timerFired(at: .at(1530), limits) == .close(reset: false))
    let exchange = script.connection.takeExchange()
    #expect(exchange.isComplete && exchange.failure == nil && exchange.endedAt == .at(500))
  }

  @Test
  func `a request that the system refuses has a second for the answer to be read`() {
    var script = ConnectionScript()
    let limits = Self.limits()
    script.connect()
    script.beginSending(at: .at(0))
    #expect(script.connection.wrote(.failed("Broken pipe"), at: .at(10)) == .watch(writes: false))
    #expect(script.connection.deadline(limits) == .at(1010))
    // What comes puts that off.
    _ = script.receive(Response.streamHead, at: .at(600))
    #expect(script.connection.deadline(limits) == .at(1600))
    #expect(script.connection.timerFired(at: .at(1600), limits) == .close(reset: true))
    #expect(script.connection.takeExchange().failure?.message == "the request could not be sent: Broken pipe")
  }

  @Test
  func `patience ends a response so long after its first byte`() {
    var script = ConnectionScript()
    let limits = Self.limits { $0.patience = .milliseconds(50) }
    script.connect()
    script.send(at: .at(0))
    #expect(script.connection.deadline(limits) == .at(8000))
    _ = script.receive(Response.streamHead + Response.chunk("data: 1\n\n"), at: .at(700))
    #expect(script.connection.deadline(limits) == .at(750))
    #expect(script.connection.timerFired(at: .at(750), limits) == .close(reset: true))
    #expect(script.connection.takeExchange().ending == .abandoned(.enoughSeen))
  }

  @Test
  func `what is taken of a long request is a sign of life, and only that`() {
    var script = ConnectionScript(wire: [UInt8](repeating: 0x78, count: 100_000))
    let limits = Self.limits()
    script.connect()
    script.beginSending(at: .at(0), limits)
    _ = script.connection.wrote(.bytes(100_000, stamp: 0), at: .at(1))
    #expect(script.connection.deadline(limits) == .at(1000))
    #expect(script.connection.timerFired(at: .at(1000), limits) == .askWhatIsTaken)
    #expect(script.connection.uploadIsLeft(60_000, at: .at(1000), limits) == .wait)
    #expect(script.connection.lastActivity == .at(1000))
    for at in stride(from: Int64(2000), through: 8000, by: 1000) {
      #expect(script.connection.timerFired(at: .at(at), limits) == .askWhatIsTaken)
      #expect(script.connection.uploadIsLeft(60_000, at: .at(at), limits) == .wait)
    }
    #expect(script.connection.timerFired(at: .at(9000), limits) == .askWhatIsTaken)
    #expect(script.connection.uploadIsLeft(60_000, at: .at(9000), limits) == .close(reset: true))
    #expect(script.connection.takeExchange().failure == RequestFailure(.readTimeout, "no byte for 8.0 seconds"))
  }

  @Test
  func `a request that is taken to its end is asked about no more`() {
    var script = ConnectionScript(wire: [UInt8](repeating: 0x78, count: 100_000))
    let limits = Self.limits()
    script.connect()
    script.beginSending(at: .at(0), limits)
    _ = script.connection.wrote(.bytes(100_000, stamp: 0), at: .at(1))
    _ = script.connection.uploadIsLeft(0, at: .at(1000), limits)
    #expect(script.connection.untaken == nil)
    #expect(script.connection.deadline(limits) == .at(9000))
  }

  @Test
  func `the run's end cuts what is under way, and leaves an answer whole that was`() {
    for isDone in [false, true] {
      var script = ConnectionScript()
      script.connect()
      script.send(at: .at(0))
      _ = script.receive(Response.streamHead + Response.chunk(isDone ? "data: [DONE]\n\n" : "data: 1\n\n"), at: .at(5))
      #expect(script.connection.cut(at: .at(9)) == .close(reset: !isDone))
      let exchange = script.connection.takeExchange()
      #expect(exchange.isComplete == isDone)
      #expect(exchange.failure?.code == (isDone ? nil : .cancelled))
      #expect(exchange.endedAt == .at(isDone ? 5 : 9))
    }
  }

  @Test
  func `whatever happens, nothing is due sooner than the shortest limit`() {
    var generator = SplitMix64(seed: 11)
    let limits = Self.limits { $0.patience = .milliseconds(1200) }
    let pieces = [
      Response.chunk("data: 1\n\n"), Response.chunk("data: [DONE]\n\n"), Response.chunk(": ping\n\n"),
    ]
    for _ in 0..<200 {
      var script = ConnectionScript(wire: [UInt8](repeating: 0x78, count: generator.next() % 2 == 0 ? 10 : 50_000))
      script.connect()
      var now: Int64 = 0
      script.beginSending(at: .at(now), limits)
      var armedUntil = now + limits.shortest.wholeNanoseconds / 1_000_000
      _ = script.connection.wrote(.bytes(script.connection.exchange.request.wire.count, stamp: 0), at: .at(now))
      _ = script.receive(Response.streamHead, at: .at(now))
      for _ in 0..<20 {
        now += Int64(generator.next() % 200)
        if now >= armedUntil {
          let action = script.connection.timerFired(at: .at(now), limits)
          if action == .askWhatIsTaken { _ = script.connection.uploadIsLeft(1, at: .at(now), limits) }
          guard script.connection.state == .exchanging, action == .wait || action == .askWhatIsTaken else { break }
          armedUntil = now + limits.shortest.wholeNanoseconds / 1_000_000
        }
        let before = script.connection.deadline(limits)
        _ = script.receive(pieces[Int(generator.next() % 3)], at: .at(now))
        guard let before, let after = script.connection.deadline(limits) else { break }
        // Either it is where it was, or later, or no sooner than a timer that was set before stands.
        #expect(after >= min(before, .at(armedUntil)))
      }
    }
  }
}
