import LLMPerf
import LLMPerfLock
import LLMPerfTestSupport
import LLMPerfWire
import Testing

/// Conversations over real connections: each turn follows the answer before it.
struct SessionTests {
  /// A sink that keeps what it is told.
  private final class Collecting: RecordSink {
    private(set) var records: [RequestRecord] = []
    func receive(_ records: [RequestRecord]) { self.records += records }
  }

  /// A service that answers each request with its number, after a few milliseconds; request `broken` fails.
  private static func makeServer(failingAt broken: Int? = nil) throws -> ScriptedServer {
    let count = Lock(0)
    return try ScriptedServer { _, peer in
      while peer.readRequest() != nil {
        let number = count.withLock { count in
          defer { count += 1 }
          return count
        }
        peer.pause(milliseconds: 3)
        let answer = #"{"choices":[{"message":{"content":"a-\#(number)"},"finish_reason":"stop"}]}"#
        peer.send(number == broken ? Response.whole("500 No", "{}") : Response.whole("200 OK", answer))
      }
    }
  }

  private struct Result {
    var outcome: LoadTest.Outcome
    var records: [RequestRecord]
  }

  private static func run(
    _ sessions: sending any SessionReader, _ pattern: Load, on server: ScriptedServer, loops: Int = 1,
    duration: Duration? = nil
  ) throws -> Result {
    let api = try OpenAIAPI(APIOptions(model: "m"))
    let address = try ServiceAddress(server.url)
    var options = Sending.patientOptions
    (options.loops, options.duration, options.grace) = (loops, duration, .milliseconds(500))
    var plan = LoadTest.Plan(pattern, seed: 1)
    (plan.loops, plan.duration, plan.grace) = (loops, duration, options.grace)
    let test = LoadTest(
      plan, sessions: sessions, api: api, address: address,
      transport: HTTPTransport(to: address, load: pattern, options: options),
      recorder: Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: [Collecting()]), spillDirectory: "/tmp",
      now: { MonotonicClock(origin: 0).now.nanoseconds })
    let producer = try test.prepare()
    let run = RunDescription(
      name: "run", configuration: [], model: "m", api: "openai", url: server.url, load: .closedLoop(parallel: 1),
      expectedRequests: nil,
      seed: 1, wallClockStart: 0, version: "1", machine: [], arguments: [])
    let (outcome, recorder) = try test.run(run, producedBy: producer, clockOrigin: MonotonicClock().origin)
    let records = try #require(recorder?.sink(Collecting.self)).records
    return Result(
      outcome: outcome,
      records: records.sorted { ($0.origin.session, $0.origin.turn) < ($1.origin.session, $1.origin.turn) })
  }

  /// The records of each session in the order of its turns, which must be all there.
  private static func sessions(_ result: Result, turns: Int) throws -> [[RequestRecord]] {
    let sessions = Dictionary(grouping: result.records, by: \.origin.session)
    for (_, records) in sessions { #expect(records.map(\.origin.turn) == Array(0..<turns)) }
    return sessions.keys.sorted().map { sessions[$0] ?? [] }
  }

  private static let patterns = [
    (Load.closedLoop(parallel: 2), 1), (.closedLoop(parallel: 3), 2), (.openLoop(.atOnce, maxInFlight: nil), 2),
    (.openLoop(.atOnce, maxInFlight: 2), 1), (.openLoop(.poisson(rate: 300), maxInFlight: nil), 1),
  ]

  @Test(.timeLimit(.minutes(1)), arguments: patterns, [true, false])
  func `each turn follows the answer before it, when its user has thought`(
    load: (pattern: Load, loops: Int), knowsLast: Bool
  ) throws {
    let server = try Self.makeServer()
    defer { server.stop() }
    let think = Duration.milliseconds(10)
    let result = try Self.run(
      Conversations(left: 7, turns: 3, thinkTime: think, knowsLast: knowsLast), load.pattern, on: server,
      loops: load.loops)
    #expect(result.outcome.errors.isEmpty)
    #expect(result.outcome.skipped == 0 && result.outcome.neverSent == 0)
    #expect(Set(result.records.map(\.index)) == Set(0..<21))
    let sessions = try Self.sessions(result, turns: 3)
    #expect(sessions.count == 7)
    for session in sessions {
      for (before, after) in zip(session, session.dropFirst()) {
        let ended = try #require(before.endedAt)
        #expect(after.dueAt == ended + think)
        #expect(try #require(after.sentAt) >= after.dueAt)
        let answer = String(decoding: try #require(before.bodies).text, as: UTF8.self)
        #expect(String(decoding: try #require(after.bodies).request, as: UTF8.self).contains("<\(answer)>"))
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a session of a closed loop holds its place until it is over, thinking included`() throws {
    let server = try Self.makeServer()
    defer { server.stop() }
    let result = try Self.run(
      Conversations(left: 6, thinkTime: .milliseconds(15)), .closedLoop(parallel: 2), on: server)
    let sessions = try Self.sessions(result, turns: 2)
    let ends = try sessions.map { try #require($0.last?.endedAt) }.sorted()
    // The third session begins when the first of two is over, and so on.
    let begins = sessions.map { $0[0].dueAt }.sorted()
    #expect(begins.dropFirst(2).elementsEqual(ends.dropLast(2)))
    #expect(server.connections == 2)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a failure ends its session, and the turns that it planned are skipped`() throws {
    let server = try Self.makeServer(failingAt: 1)
    defer { server.stop() }
    let result = try Self.run(Conversations(left: 2, turns: 4), .closedLoop(parallel: 1), on: server)
    #expect(
      result.records.map { [$0.origin.session, $0.origin.turn] } == [
        [0, 0], [0, 1], [1, 0], [1, 1], [1, 2], [1, 3],
      ])
    #expect(result.records.map(\.succeeded) == [true, false, true, true, true, true])
    #expect(result.outcome.skipped == 2)
  }

  @Test(
    .timeLimit(.minutes(1)), arguments: [Load.closedLoop(parallel: 1), .openLoop(.atOnce, maxInFlight: nil)])
  func `the duration cuts a session that thinks, and what comes after it was never planned`(
    pattern: Load
  ) throws {
    let server = try Self.makeServer()
    defer { server.stop() }
    let result = try Self.run(
      Conversations(left: 1, thinkTime: .seconds(600)), pattern, on: server, duration: .milliseconds(60))
    #expect(result.records.map(\.origin.turn) == [0])
    #expect(result.outcome.neverSent == 0 && result.outcome.skipped == 0)
    #expect(result.outcome.sendingEnded == RunInstant(nanoseconds: 60_000_000))
  }
}
