import LLMPerfLock
import LLMPerfTestSupport
import Testing

@testable import LLMPerf

/// How a session goes on from an answer: what is built when, and who gets it.
struct LiveSessionsTests {
  /// What went wrong, in words.
  private final class Errors: Sendable {
    private let words = Lock<[String]>([])

    func note(_ error: any Error) { words.withLock { $0.append("\(error)") } }

    var all: [String] { words.withLock { $0 } }
  }

  /// Sessions of a run that began at 0, and the loop they belong to.
  private final class Run {
    let clock = ManualClock(0)
    let sessions: LiveSessions
    let turns = LaterTurns()
    let errors = Errors()

    init(lastDue: RunInstant = .max) throws {
      let clock = clock
      let builder = RequestBuilder(
        api: try OpenAIAPI(APIOptions(model: "m")), address: try ServiceAddress("localhost"), countTokens: nil,
        load: .closedLoop(parallel: 1))
      let numbers = RequestNumbers()
      _ = numbers.next()
      sessions = LiveSessions(builder, numbers: numbers, clock: { clock.now })
      sessions.begin(clockOrigin: 0, lastDue: lastDue) { [errors] in errors.note($0) }
    }

    /// The first request of `session`, which has been sent.
    func first(of session: any Session, place: Int? = 3) throws -> ScheduledRequest {
      var session = session
      let turn = try #require(try session.next(after: nil))
      var origin = RequestOrigin(index: 0)
      origin.phase = .warmup
      var request = ScheduledRequest(origin, wire: [], bodyStart: 0)
      request.session = turn.isLast ? nil : LiveSession(session)
      request.home = .init(turns: turns, place: place)
      return request
    }

    /// The next turn that is due; nil when there is none.
    func taken() -> (request: ScheduledRequest, dueAt: RunInstant, place: Int?)? {
      let now = RunInstant(nanoseconds: clock.now)
      if case .send(let request, let dueAt, let place) = turns.take(at: now) { return (request, dueAt, place) }
      return nil
    }
  }

  private static func reply(_ text: String, at milliseconds: Double, _ ending: Ending = .success) -> Reply {
    Reply(text: Array(text.utf8), ending: ending, endedAt: .milliseconds(milliseconds))
  }

  private static func body(_ request: ScheduledRequest) -> String { String(decoding: request.body, as: UTF8.self) }

  @Test
  func `a reply brings the next turn to its loop and its place, due when the user has thought`() throws {
    let run = try Run()
    let request = try run.first(of: Conversation(turns: 3, thinkTime: .milliseconds(200)))
    #expect(run.sessions.awaits(request))
    run.clock.advance(nanoseconds: 101_000_000)
    run.sessions.take(Self.reply("yes", at: 100), to: request)
    #expect(run.taken() == nil)
    run.clock.advance(nanoseconds: 199_000_000)
    let next = try #require(run.taken())
    #expect(next.dueAt == .milliseconds(300))
    #expect(next.place == 3)
    #expect(Self.body(next.request).contains("question 2 <yes>"))
    let origin = next.request.origin
    #expect((origin.index, origin.session, origin.turn, origin.phase) == (1, 0, 1, .warmup))
    #expect(origin.promptLength == "question 2 <yes>".count)
    #expect(next.request.mayGoOn)
    run.sessions.take(Self.reply("no", at: 300), to: next.request)
    run.clock.advance(nanoseconds: 1_000_000_000)
    let last = try #require(run.taken())
    #expect(Self.body(last.request).contains("question 3 <yes><no>"))
    // It said that it is the last.
    #expect(!run.sessions.awaits(last.request))
    #expect(run.sessions.skipped == 0)
  }

  @Test
  func `a turn is built a second before it is due at the earliest`() throws {
    let run = try Run()
    let request = try run.first(of: Conversation(turns: 2, thinkTime: .seconds(60)))
    run.sessions.take(Self.reply("yes", at: 0), to: request)
    func isBuilt() -> Bool { if case .wait = run.turns.take(at: .start) { false } else { true } }
    run.sessions.catchUp()
    #expect(!isBuilt())
    run.clock.advance(nanoseconds: 58_999_999_999)
    run.sessions.catchUp()
    #expect(!isBuilt())
    run.clock.advance(nanoseconds: 1)
    run.sessions.catchUp()
    guard case .notBefore(let due) = run.turns.take(at: .milliseconds(59_000)) else {
      Issue.record("the turn is not due")
      return
    }
    #expect(due == .milliseconds(60_000))
  }

  @Test(arguments: [nil, 7])
  func `a session that is over gives its place back as of the answer`(place: Int?) throws {
    let run = try Run()
    let request = try run.first(of: Conversation(turns: 1, knowsLast: false), place: place)
    run.sessions.take(Self.reply("yes", at: 5), to: request)
    guard case .over(let freed, let since) = run.turns.take(at: .max) else {
      Issue.record("the session is over")
      return
    }
    #expect(freed == place)
    #expect(since == .milliseconds(5))
    #expect(run.sessions.skipped == 0)
  }

  @Test
  func `what a session planned beyond a failure counts as skipped`() throws {
    let run = try Run()
    let request = try run.first(of: Conversation(turns: 5))
    run.sessions.take(Self.reply("", at: 5, .failure(RequestFailure(.reset, "gone"))), to: request)
    #expect(run.sessions.skipped == 4)
    guard case .over = run.turns.take(at: .max) else {
      Issue.record("the session is over")
      return
    }
  }

  @Test
  func `after the end of sending no session goes on, and none has skipped anything`() throws {
    let run = try Run(lastDue: .milliseconds(1000))
    let late = try run.first(of: Conversation(turns: 2))
    run.sessions.take(Self.reply("", at: 1001, .cut(by: .endOfRun)), to: late)
    let thinking = try run.first(of: Conversation(turns: 2, thinkTime: .seconds(30)))
    run.sessions.take(Self.reply("yes", at: 10), to: thinking)
    #expect(run.sessions.stop(at: .milliseconds(40_000)) == 1)
    let after = try run.first(of: Conversation(turns: 2))
    run.sessions.take(Self.reply("yes", at: 20), to: after)
    #expect(run.taken() == nil)
    #expect(run.sessions.skipped == 0)
  }

  /// A session that breaks when it is to go on.
  private struct Breaking: Session {
    func next(after reply: Reply?) throws -> Turn? {
      guard reply == nil else { throw UsageError("no more of this") }
      return Turn(Prompt("a"))
    }
  }

  @Test
  func `a session that breaks tells so, and gives its place back`() throws {
    let run = try Run()
    run.sessions.take(Self.reply("yes", at: 5), to: try run.first(of: Breaking()))
    #expect(run.errors.all == ["no more of this"])
    guard case .over(let place, _) = run.turns.take(at: .max) else {
      Issue.record("the session is over")
      return
    }
    #expect(place == 3)
  }

  @Test
  func `turns that wait at the end count as never sent when they were due`() {
    let queue = RequestQueue()
    let turns = queue.laterTurns(of: 1)
    #expect(queue.laterTurns(of: 1) === turns)
    for (index, due) in [5.0, 10, 15].enumerated() {
      turns.add(ScheduledRequest(index: index, wire: [], bodyStart: 0), dueAt: .milliseconds(due))
    }
    #expect(queue.cancel(at: .milliseconds(10)) == 2)
    turns.add(ScheduledRequest(index: 3, wire: [], bodyStart: 0), dueAt: .start)
    guard case .wait = turns.take(at: .max) else {
      Issue.record("nothing is left")
      return
    }
  }
}
