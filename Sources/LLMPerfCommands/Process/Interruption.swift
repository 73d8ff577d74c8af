import Glibc
import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// Ctrl-C, SIGTERM, and SIGHUP of a terminal that is closed. The first one does what the moment asks for, or, where there
/// is nothing to end in order, ends the process; a second one always does.
///
/// The signals are blocked in every thread and taken by one that waits for them, so that no code runs in a signal handler.
final class Interruption: Sendable {
  private let state = Lock(State())

  private struct State {
    var answer: (@Sendable () -> Void)?
    var wasInterrupted = false
    /// What is done before the process is left at once, by the number it was given.
    var farewells: [Int: @Sendable () -> Void] = [:]
    var nextFarewell = 0
  }

  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    if !isHangUpIgnored { sigaddset(&set, SIGHUP) }
    return set
  }

  /// Whether the parent wants the process to outlive its terminal, as `nohup` does.
  private static var isHangUpIgnored: Bool {
    var action = sigaction()
    sigaction(SIGHUP, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Blocks the signals in the calling thread and those it starts. Call it before there are others.
  static func block() {
    var set = signals
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Watches for signals on a thread of its own. Until there is something to end, the first one leaves at once.
  init() throws {
    _ = try WorkerThread("llmuses-signals") { [self] in
      var set = Self.signals
      var signal: Int32 = 0
      sigwait(&set, &signal)
      let answer = state.withLock { state in
        state.wasInterrupted = true
        return state.answer
      }
      guard let answer else { leave() }
      answer()
      let clock = MonotonicClock()
      repeat { sigwait(&set, &signal) } while clock.now.seconds < Self.echo
      leave()
    }
  }

  /// Whether a signal has come.
  var wasInterrupted: Bool { state.withLock(\.wasInterrupted) }

  /// From now on, the first signal calls `answer`; nil: it leaves at once.
  func answer(_ answer: (@Sendable () -> Void)?) {
    state.withLock { $0.answer = answer }
  }

  /// Does `farewell` when the process is left at once: temporary files do not stay behind.
  ///
  /// - Returns: A number to forget it by.
  func atLeaving(_ farewell: @escaping @Sendable () -> Void) -> Int {
    state.withLock { state in
      defer { state.nextFarewell += 1 }
      state.farewells[state.nextFarewell] = farewell
      return state.nextFarewell
    }
  }

  /// No longer does the farewell of that number.
  func forget(_ number: Int) {
    state.withLock { $0.farewells[number] = nil }
  }

  /// Leaves the process at once.
  func leave() -> Never {
    for farewell in state.withLock(\.farewells).values { farewell() }
    _exit(ExitStatus.interrupted.rawValue)
  }

  /// A second signal within so many seconds is the first one's echo: `timeout` and others that watch over a process send
  /// theirs to the process and to its group. Nobody presses keys so fast.
  private static let echo = 0.1
}
