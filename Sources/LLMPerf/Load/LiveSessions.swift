import LLMPerfLock
import Synchronization

/// A session that has begun and may go on.
final class LiveSession: Sendable {
  private let session: Lock<any Session>

  init(_ session: any Session) {
    self.session = Lock(session)
  }

  /// The next turn, or how many are left out since there is none.
  func next(after reply: Reply) throws -> (turn: Turn?, skipped: Int) {
    try session.withLock { session in
      let turn = try session.next(after: reply)
      return (turn, turn == nil ? max(0, session.turnsLeft) : 0)
    }
  }
}

/// The sessions that have begun: takes the reply to each turn, asks the session for the next one, and hands that to the loop
/// which the session belongs to.
///
/// A turn is built by who has read the answer before it. One that is due much later waits as what it asks, and is built shortly
/// before by whoever looks for answers then: built requests hold a whole history.
final class LiveSessions: ReplyTaker, Sendable {
  private struct Thinking {
    var turn: Turn
    var dueAt: RunInstant
    /// The request before it.
    var request: ScheduledRequest
  }

  private struct State {
    var thinking = TimerHeap<Thinking>()
    /// Later turns that are due after this are not sent.
    var lastDue = RunInstant.max
    var isStopped = false
    var skipped = 0
    /// Told when a session breaks.
    var failed: (@Sendable (any Error) -> Void)?
  }

  private let builder: RequestBuilder
  private let numbers: RequestNumbers
  private let clock: @Sendable () -> Int64
  private let clockOrigin = Atomic<Int64>(0)
  private let state = Lock(State())
  /// When the next turn that waits is to be built, in nanoseconds of the run; the largest number for none.
  private let nextBuild = Atomic(Int64.max)

  /// A turn is built this long before it is due.
  private static let lead = Duration.seconds(1)

  init(_ builder: RequestBuilder, numbers: RequestNumbers, clock: @escaping @Sendable () -> Int64) {
    self.builder = builder
    self.numbers = numbers
    self.clock = clock
  }

  /// The run begins. Nothing is sent that is due after `lastDue`; `failed` is told when a session breaks.
  func begin(clockOrigin: Int64, lastDue: RunInstant, failed: @escaping @Sendable (any Error) -> Void) {
    self.clockOrigin.store(clockOrigin, ordering: .relaxed)
    state.withLock {
      $0.lastDue = lastDue
      $0.failed = failed
    }
  }

  /// Turns that were planned, and left out since their session ended before.
  var skipped: Int { state.withLock(\.skipped) }

  func awaits(_ request: ScheduledRequest) -> Bool { request.session != nil }

  func take(_ reply: Reply, to request: ScheduledRequest) {
    let endedAt = reply.endedAt ?? now
    do {
      guard let turn = try nextTurn(after: reply, endedAt: endedAt, to: request) else {
        request.home?.turns.end(place: request.home?.place, since: endedAt)
        return
      }
      let next = Thinking(turn: turn, dueAt: endedAt + max(.zero, turn.thinkTime), request: request)
      if next.dueAt - now <= Self.lead { try build(next) } else { keep(next) }
    } catch {
      request.home?.turns.end(place: request.home?.place, since: endedAt)
      state.withLock(\.failed)?(error)
    }
  }

  /// Builds what waits and is due soon.
  func catchUp() {
    guard nextBuild.load(ordering: .relaxed) != .max else { return }
    while nextBuild.load(ordering: .relaxed) <= now.nanoseconds {
      let next = state.withLock { state in
        defer { noteNextBuild(state) }
        return state.thinking.popFirst(dueBy: now.nanoseconds)?.token
      }
      guard let next else { return }
      do {
        try build(next)
      } catch {
        next.request.home?.turns.end(place: next.request.home?.place, since: next.dueAt)
        state.withLock(\.failed)?(error)
      }
    }
  }

  /// Lets go of what waits; returns how many of the dropped turns were due by `end`.
  func stop(at end: RunInstant) -> Int {
    state.withLock { state in
      state.isStopped = true
      var overdue = 0
      while let (next, _) = state.thinking.popFirst(dueBy: .max), next.dueAt <= end { overdue += 1 }
      state.thinking = TimerHeap()
      noteNextBuild(state)
      return overdue
    }
  }

  private var now: RunInstant { RunInstant(nanoseconds: clock() - clockOrigin.load(ordering: .relaxed)) }

  /// The turn that follows; nil when the session is over, or sending has ended.
  private func nextTurn(after reply: Reply, endedAt: RunInstant, to request: ScheduledRequest) throws -> Turn? {
    let isWanted = state.withLock { !$0.isStopped && endedAt <= $0.lastDue }
    guard isWanted, let session = request.session else { return nil }
    let (turn, skipped) = try session.next(after: reply)
    if skipped > 0 { state.withLock { $0.skipped += skipped } }
    return turn
  }

  private func build(_ next: Thinking) throws {
    guard let home = next.request.home, let request = try builder.requests(asking: [next.turn]).first else { return }
    try request.checkHead()
    let before = next.request.origin
    var origin = RequestOrigin(index: numbers.next())
    (origin.phase, origin.session, origin.turn) = (before.phase, before.session, before.turn + 1)
    builder.describe(next.turn, dueAt: next.dueAt, in: &origin)
    let (wire, bodyStart) = request.wire(to: builder.address)
    var scheduled = ScheduledRequest(origin, wire: wire, bodyStart: bodyStart)
    scheduled.session = next.turn.isLast ? nil : next.request.session
    scheduled.home = home
    home.turns.add(scheduled, dueAt: next.dueAt)
  }

  /// Keeps a turn until it is to be built.
  private func keep(_ next: Thinking) {
    state.withLock { state in
      guard !state.isStopped else { return }
      state.thinking.insert(next, due: next.dueAt.nanoseconds.subtractingClamped(Self.lead.wholeNanoseconds))
      noteNextBuild(state)
    }
  }

  private func noteNextBuild(_ state: borrowing State) {
    nextBuild.store(state.thinking.firstDue ?? .max, ordering: .relaxed)
  }
}
