import LLMPerfLock

/// The later turns of the sessions that one loop has begun, on their way to it from those who read the answers.
///
/// The loop asks for them together with its queue. A session of a closed loop keeps its place from turn to turn, and gives it
/// back when it is over.
package final class LaterTurns: Sendable {
  /// What a loop gets when it asks.
  package enum News {
    /// Send this one, which is due.
    case send(ScheduledRequest, dueAt: RunInstant, place: Int?)
    /// A session ended with the answer that came at `since`, and its place is free.
    case over(place: Int?, since: RunInstant)
    /// The next one is not due yet.
    case notBefore(RunInstant)
    /// None is there yet; the loop is woken when there is.
    case wait
  }

  private struct State {
    var due = TimerHeap<ScheduledRequest>()
    var over: [(place: Int?, since: RunInstant)] = []
    var isCancelled = false
    var wake: (@Sendable () -> Void)?
  }

  private let state = Lock(State())

  package init() {}

  /// Lets `wake` wake the loop when there is something for it.
  package func attach(_ wake: @escaping @Sendable () -> Void) {
    state.withLock { $0.wake = wake }
  }

  /// What there is for the loop at `now`.
  package func take(at now: RunInstant) -> News {
    state.withLock { state in
      if let ended = state.over.popLast() { return .over(place: ended.place, since: ended.since) }
      if let (request, due) = state.due.popFirst(dueBy: now.nanoseconds) {
        return .send(request, dueAt: RunInstant(nanoseconds: due), place: request.home?.place)
      }
      return state.due.firstDue.map { .notBefore(RunInstant(nanoseconds: $0)) } ?? .wait
    }
  }

  /// The next turn of a session, due at `dueAt`.
  func add(_ request: ScheduledRequest, dueAt: RunInstant) {
    tell { state in
      if !state.isCancelled { state.due.insert(request, due: dueAt.nanoseconds) }
    }
  }

  /// A session is over that had `place`.
  func end(place: Int?, since: RunInstant) {
    tell { $0.over.append((place, since)) }
  }

  /// Lets go of what waits here; returns how many of the dropped requests were due by `now`.
  func cancel(at now: RunInstant) -> Int {
    state.withLock { state in
      state.isCancelled = true
      var overdue = 0
      while state.due.popFirst(dueBy: now.nanoseconds) != nil { overdue += 1 }
      state.due = TimerHeap()
      return overdue
    }
  }

  private func tell(_ change: (inout State) -> Void) {
    let wake = state.withLock { state in
      change(&state)
      return state.wake
    }
    wake?()
  }
}
