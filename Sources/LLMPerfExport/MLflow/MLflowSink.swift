import CLLMPerfWire
package import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// Logs a run to an MLflow tracking server: parameters, the running numbers every second with the number of finished
/// requests as the step, the summary, files, and how it ended. Never throws: losing MLflow does not end a run.
package final class MLflowSink: UploadingSink {
  private let options: MLflowOptions
  private let inFlight: () -> Int
  private let closing: (RunResult) -> RunClosing
  private let note: @Sendable (String) -> Void
  private let shared = MLflowUpload()
  private var thread: UploadThread?
  private var statistics = LiveStatistics(timelineCapacity: 2)
  private var startTime = 0.0
  private var nextSample = 0.0
  private var lastStep = 0

  /// A server that is slow or gone for so many points leaves every second of them out: the curve stays, coarser.
  private static let mostWaiting = 100_000

  /// A sink for one run.
  ///
  /// - Parameters:
  ///   - inFlight: The number of requests in flight, now.
  ///   - closing: The exit status and the files of the finished run.
  ///   - note: Takes a line for the user; called from several threads.
  package init(
    _ options: MLflowOptions, inFlight: @escaping () -> Int = { 0 },
    closing: @escaping (RunResult) -> RunClosing, note: @escaping @Sendable (String) -> Void
  ) {
    self.options = options
    self.inFlight = inFlight
    self.closing = closing
    self.note = note
  }

  package func begin(_ run: RunDescription) {
    startTime = run.wallClockStart
    let (options, shared, note) = (options, shared, note)
    do {
      thread = try UploadThread("mlflow") {
        MLflowUploader(run, options: options, shared: shared, note: note).work()
      }
    } catch {
      note("MLflow: nothing is logged, for there is no thread for it: \(error)")
    }
  }

  package func receive(_ records: [RequestRecord]) {
    for record in records { statistics.add(record) }
  }

  package func tick(at now: RunInstant) {
    guard now.seconds >= nextSample, statistics.completed > lastStep else { return }
    nextSample = now.seconds + options.interval.inSeconds
    lastStep = statistics.completed
    let counts = [("succeeded", Double(statistics.succeeded)), ("failed", Double(statistics.failed))]
    log(
      statistics.plainNumbers(inFlight: inFlight()) + counts.map { ($0.0, Optional($0.1)) }, at: startTime + now.seconds
    )
  }

  package func end(_ result: RunResult) {
    guard thread != nil else { return }
    let closing = closing(result)
    lastStep = statistics.completed
    let now = WallTime.now
    log(result.plainNumbers, at: now)
    let status = closing.wasInterrupted ? "KILLED" : closing.exitCode == 0 ? "FINISHED" : "FAILED"
    shared.state.withLock {
      $0.ending = MLflowUpload.Ending(
        status: status, files: closing.files, endTime: Int64(now * 1000), at: lw_monotonic())
    }
    shared.waker.signal()
  }

  package func close() {
    thread?.join { note("MLflow: sending what is left") }
  }

  /// Values that do not exist are left out: the server would store 0 for them.
  private func log(_ values: [(String, Double?)], at time: Double) {
    let points = values.compactMap { key, value -> MLflowService.Point? in
      guard let value, value.isFinite else { return nil }
      return MLflowService.Point(key: key, value: value, at: Int64(time * 1000), step: lastStep)
    }
    shared.state.withLock { state in
      guard !state.isOver else { return }
      if state.waiting.count >= Self.mostWaiting {
        let steps = Set(state.waiting.map(\.step)).sorted()
        let kept = Set(steps.enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
        state.waiting.removeAll { !kept.contains($0.step) }
      }
      state.waiting += points
    }
    shared.waker.signal()
  }
}
