package import LLMPerf
import LLMPerfWire

/// A sink that goes on behind the end of a run, until everything has arrived or no further try makes sense.
package protocol UploadingSink: RecordSink {
  /// Waits for that.
  func close()
}

/// The thread that uploads a run, as its sink sees it.
final class UploadThread: Sendable {
  private let thread: WorkerThread
  private let hasEnded = Waker()

  /// Starts `work` on a thread called `name`.
  ///
  /// - Throws: `SystemError` when the system has no thread left.
  init(_ name: String, _ work: @escaping @Sendable () -> Void) throws {
    let hasEnded = hasEnded
    thread = try WorkerThread(name) {
      work()
      hasEnded.signal()
    }
  }

  /// Waits for the end of the work; `say` is called when that takes longer than anybody waits without a word.
  func join(whenSlow say: () -> Void) {
    if !hasEnded.wait(nanoseconds: 1_000_000_000) { say() }
    thread.join()
  }
}
