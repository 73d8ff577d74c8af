import Glibc
import Synchronization

/// A thread that runs one closure, and can be waited for. Load generation keeps to threads of its own: a task of the
/// shared pool may be delayed by whatever else runs there.
package final class WorkerThread: Sendable {
  private let thread: Mutex<pthread_t?>

  /// Starts a thread called `name` (at most 15 bytes) that runs `body`.
  ///
  /// - Throws: `SystemError` when the system has no thread left.
  package init(_ name: String, _ body: @escaping @Sendable () -> Void) throws {
    let work = Unmanaged.passRetained(Work(name, body))
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
    thread = Mutex(handle)
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
    private let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      // pthread_setname_np is not imported from Glibc; the kernel takes the name by this file too.
      let comm = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
      if comm >= 0 {
        _ = write(comm, name, name.utf8.count)
        close(comm)
      }
      body()
    }
  }
}
