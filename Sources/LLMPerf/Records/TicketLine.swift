import Dispatch
import LLMPerfLock

/// Puts what several workers bring back into the order of its tickets, for one thread that takes it.
final class TicketLine<Value: Sendable>: Sendable {
  private struct State {
    /// The number of the ticket whose turn it is.
    var next = 0
    /// What has come, by its number.
    var brought: [Int: Value] = [:]
    var bringers: Int
    /// Whether the taker waits at `turn`.
    var isWaiting = false

    mutating func look() -> Look<Value> {
      guard let value = brought.removeValue(forKey: next) else { return bringers == 0 ? .end : .nothing }
      next += 1
      return .found(value)
    }

    /// Whether the taker is to be woken, who no longer waits then.
    mutating func endWait() -> Bool {
      guard isWaiting, brought[next] != nil || bringers == 0 else { return false }
      isWaiting = false
      return true
    }
  }

  private let state: Lock<State>
  private let turn = DispatchSemaphore(value: 0)

  /// A line to which so many workers bring what they have.
  init(bringers: Int) {
    state = Lock(State(bringers: bringers))
  }

  /// Puts a value in line. Numbers count from 0, and none is left out.
  func bring(_ value: Value, number: Int) {
    let wakes = state.withLock { state in
      state.brought[number] = value
      return state.endWait()
    }
    if wakes { turn.signal() }
  }

  /// One of the workers brings no more.
  func leave() {
    let wakes = state.withLock { state in
      state.bringers -= 1
      return state.endWait()
    }
    if wakes { turn.signal() }
  }

  /// The next value, for which it waits at most `time`; the end when all workers have left and nothing is in line.
  func take(within time: Duration) -> Look<Value> {
    let found = state.withLock { state in
      let found = state.look()
      state.isWaiting = found.isNothing
      return found
    }
    guard found.isNothing else { return found }
    _ = turn.wait(timeout: .now() + .nanoseconds(Int(max(0, time.wholeNanoseconds))))
    return state.withLock { state in
      state.isWaiting = false
      return state.look()
    }
  }
}
