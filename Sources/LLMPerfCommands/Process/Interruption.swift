import Glibc
import LLMPerf
import LLMPerfWire

/// Ctrl-C and SIGTERM: the first ends the sending, the second ends the process.
///
/// The signals are blocked in every thread and taken by one that waits for them, so that no code runs in a signal handler.
struct Interruption {
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

  /// Calls `first` on the first signal and `second` on one that comes later, on a thread of its own.
  static func watch(first: @escaping @Sendable () -> Void, second: @escaping @Sendable () -> Void) throws {
    _ = try WorkerThread("llmuses-signals") {
      var set = signals
      var signal: Int32 = 0
      sigwait(&set, &signal)
      first()
      let clock = MonotonicClock()
      repeat { sigwait(&set, &signal) } while clock.now.seconds < echo
      second()
    }
  }

  /// A second signal within so many seconds is the first one's echo: `timeout` and others that watch over a process send
  /// theirs to the process and to its group. Nobody presses keys so fast.
  private static let echo = 0.1
}
