import CLLMPerfWire
import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// What the sink and the uploading thread tell each other.
final class MLflowUpload: Sendable {
  struct Ending: Sendable {
    var status: String
    var files: [ExportedFile]
    /// Milliseconds since 1970.
    var endTime: Int64
    /// The system's monotonic clock.
    var at: Int64
  }

  struct State {
    var waiting: [MLflowService.Point] = []
    var ending: Ending?
    /// The thread is gone; nothing needs to be kept for it.
    var isOver = false
  }

  let state = Lock(State())
  let waker = Waker()
}

/// Sends a run to an MLflow server. Lives on a thread of its own.
final class MLflowUploader {
  private let run: RunDescription
  private let service: MLflowService
  private let shared: MLflowUpload
  private let persist: Persistence
  private let note: @Sendable (String) -> Void

  init(
    _ run: RunDescription, options: MLflowOptions, shared: MLflowUpload, note: @escaping @Sendable (String) -> Void
  ) {
    self.run = run
    self.shared = shared
    self.note = note
    service = MLflowService(options, version: run.version)
    let limits = Persistence.Limits(
      finish: options.finishLimit, finishWithoutContact: options.finishLimitWithoutContact,
      retries: RetryPolicy(first: options.firstRetry))
    persist = Persistence(
      "MLflow", limits: limits, waker: shared.waker, endedAt: { shared.state.withLock { $0.ending?.at } }, note: note)
  }

  /// Uploads until the run has ended and everything is there, or no further try makes sense.
  func work() {
    do throws(Abandoned) {
      try upload()
    } catch {
      note("MLflow: the run is not complete there: \(error.reason)")
    }
    shared.state.withLock { state in
      state.isOver = true
      state.waiting = []
    }
  }

  private func upload() throws(Abandoned) {
    let made = try create()
    note("MLflow: \(service.pageURL(made))")
    for batch in slices(params, of: MLflowService.mostParams) {
      try persist { () throws(ServiceFailure) in try service.log(made, params: batch) }
    }
    while true {
      let (points, ending) = shared.state.withLock { state in
        defer { state.waiting = [] }
        return (state.waiting, state.ending)
      }
      for batch in slices(points, of: MLflowService.mostMetrics) {
        try persist { () throws(ServiceFailure) in try service.log(made, metrics: batch) }
      }
      if let ending { return try finish(made, ending) }
      persist.pause(until: .max, endingOnly: false)
    }
  }

  private func create() throws(Abandoned) -> MLflowService.Run {
    let mark = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    let experiment = try persist { () throws(ServiceFailure) in try service.experiment() }
    let tags = [("mlflow.source.name", "llmuses"), ("mlflow.source.type", "LOCAL"), ("model", run.model)]
    var isRepeated = false
    return try persist { () throws(ServiceFailure) in
      defer { isRepeated = true }
      return try service.create(
        run.name, in: experiment, at: Int64(run.wallClockStart * 1000), tags: tags, mark: mark, isRepeated: isRepeated)
    }
  }

  private func finish(_ made: MLflowService.Run, _ ending: MLflowUpload.Ending) throws(Abandoned) {
    for file in ending.files {
      do throws(Abandoned) {
        let isThere = try persist { () throws(ServiceFailure) in try service.put(file, to: made) }
        if !isThere { note("MLflow: \(file.name) was left out, for the server does not take files itself") }
      } catch {
        note("MLflow: \(file.name) was not uploaded: \(error.reason)")
      }
    }
    try persist { () throws(ServiceFailure) in try service.end(made, status: ending.status, at: ending.endTime) }
    note("MLflow: the run is complete")
  }

  /// The configuration as texts; names and lengths that the server refuses are made to fit.
  private var params: [JSON.Member] {
    let all =
      run.configuration + [
        ("model", .string(run.model)), ("api", .string(run.api)), ("url", .string(run.url)),
        ("seed", .number(String(run.seed))), ("version", .string(run.version)),
      ]
    var seen: Set<String> = []
    // What was not given has no value.
    return all.filter { $0.1 != .null }.compactMap { name, value in
      let key = String(name.unicodeScalars.map { Self.allowed($0) ? Character($0) : "_" }.prefix(250))
      guard seen.insert(key).inserted else { return nil }
      return JSON.Member(key, .string(String((value.stringValue ?? value.description).prefix(6000))))
    }
  }

  private static func allowed(_ character: Unicode.Scalar) -> Bool {
    character.isASCII
      && (character.properties.isAlphabetic || ("0"..."9") ~= character || "_-.:/ ".unicodeScalars.contains(character))
  }

  private func slices<Element>(_ all: [Element], of count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: all.count, by: count).map { all[$0..<min($0 + count, all.count)] }
  }
}
