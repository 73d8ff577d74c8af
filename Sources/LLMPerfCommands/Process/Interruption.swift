import Glibc
import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// Ctrl-C and SIGTERM: the first ends the sending, the second ends the process. Before there is a load, the first does.
///
/// The signals are blocked in every thread and taken by one that waits for them, so that no code runs in a signal handler.
final class Interruption: Sendable {
  private let answers = Lock<Answers?>(nil)

  private struct Answers: Sendable {
    var first: @Sendable () -> Void
    var second: @Sendable () -> Void
  }

  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    return set
  }

  /// Blocks the signals in the calling thread and those it starts. Call it before there are others.
  static func block() {
    var set = signals
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Watches for signals on a thread of its own. Until there is something to end, the first one leaves at once.
  init() throws {
    _ = try WorkerThread("signals") { [self] in
      var set = Self.signals
      var signal: Int32 = 0
      sigwait(&set, &signal)
      guard let answers = answers.withLock({ $0 }) else { _exit(ExitStatus.interrupted.rawValue) }
      answers.first()
      let clock = MonotonicClock()
      repeat { sigwait(&set, &signal) } while clock.now.seconds < Self.echo
      answers.second()
    }
  }

  /// From now on, calls `first` on the first signal and `second` on one that comes later.
  func answer(first: @escaping @Sendable () -> Void, second: @escaping @Sendable () -> Void) {
    answers.withLock { $0 = Answers(first: first, second: second) }
  }

  /// A second signal within so many seconds is the first one's echo: `timeout` and others that watch over a process send
  /// theirs to the process and to its group. Nobody presses keys so fast.
  private static let echo = 0.1
}
