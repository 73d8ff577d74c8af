import Glibc
import LLMPerfLock

/// A thread that runs one closure, and can be waited for. Load generation keeps to threads of its own: a task of the
/// shared pool may be delayed by whatever else runs there.
package final class WorkerThread: Sendable {
  private let thread: Lock<pthread_t?>

  /// Starts a thread called `name` (at most 15 bytes) that runs `body`; one that `yields` leaves a processor to those that
  /// do not, where there are too few.
  ///
  /// - Throws: `SystemError` when the system has no thread left.
  package init(_ name: String, yields: Bool = false, _ body: @escaping @Sendable () -> Void) throws {
    let work = Unmanaged.passRetained(Work(name, yields: yields, body))
    var handle = pthread_t()
    let result = pthread_create(
      &handle, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, work.toOpaque())
    guard result == 0 else {
      work.release()
      throw SystemError(result, "pthread_create")
    }
    thread = Lock(handle)
  }

  /// Waits until the closure has returned.
  package func join() {
    let handle = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    if let handle { pthread_join(handle, nil) }
  }

  private final class Work {
    private let name: String
    private let yields: Bool
    private let body: @Sendable () -> Void

    init(_ name: String, yields: Bool, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.yields = yields
      self.body = body
    }

    func run() {
      // pthread_setname_np is not imported from Glibc; the kernel takes the name by this file too.
      let comm = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
      if comm >= 0 {
        _ = write(comm, name, name.utf8.count)
        close(comm)
      }
      if yields { lowerPriority() }
      body()
    }

    /// Lowers this thread's priority, which needs no privilege: by some steps of niceness, or by one of a real-time class.
    private func lowerPriority() {
      var parameters = sched_param()
      let policy = sched_getscheduler(0)
      if policy == SCHED_RR || policy == SCHED_FIFO {
        sched_getparam(0, &parameters)
        parameters.sched_priority = max(sched_get_priority_min(policy), parameters.sched_priority - 1)
        sched_setscheduler(0, policy, &parameters)
      } else {
        // Of the thread and not of the process, on Linux.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      }
    }
  }
}
