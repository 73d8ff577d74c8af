import LLMPerfLock

/// What ends a run before its requests run out, or a whole campaign of runs: signals, a page with a button, a number that
/// is known well enough. It is there before the runs that it ends, and serves one after the other.
///
/// Callable from any thread.
package final class StopSource: Sendable {
  private let state = Lock(State())

  private struct State {
    /// The run that goes on.
    var run: LoadTest?
    var wasInterrupted = false
  }

  package init() {}

  /// Whether somebody wanted an end of everything.
  package var wasInterrupted: Bool { state.withLock(\.wasInterrupted) }

  /// Ends the run that goes on as a user does who cannot wait, and every one that would come after it.
  package func interrupt() {
    let run = state.withLock { state in
      state.wasInterrupted = true
      return state.run
    }
    run?.interrupt()
  }

  /// Ends the sending of the run that goes on; what is in flight gets the run's grace.
  package func endSending() {
    state.withLock(\.run)?.stopSending()
  }

  /// Makes `run` the one that goes on.
  func serve(_ run: LoadTest) {
    let wasInterrupted = state.withLock { state in
      state.run = run
      return state.wasInterrupted
    }
    if wasInterrupted { run.interrupt() }
  }

  /// Lets go of the run, which has ended.
  func release() {
    state.withLock { $0.run = nil }
  }
}
