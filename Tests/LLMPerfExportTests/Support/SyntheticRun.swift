import LLMPerf
import LLMPerfExport

/// A run that never was: records as a service with some failures would leave them, the same on each call.
struct SyntheticRun {
  var count: Int
  var description: RunDescription

  init(_ count: Int, name: String = "synthetic", parallel: Int? = 4, wallClockStart: Double = 1_795_490_000.25) {
    self.count = count
    description = RunDescription(
      name: name, configuration: [("model", "qwen/7b"), ("number", .int(count)), ("stream", true)], model: "qwen/7b",
      api: "openai", url: "http://127.0.0.1:8000/v1",
      load: parallel.map { .closedLoop(parallel: $0) } ?? .openLoop(.poisson(rate: 5)), expectedRequests: count,
      seed: 7,
      wallClockStart: wallClockStart, version: "1.2.3", machine: [("host", "loadbox"), ("cpu_count", 2)],
      arguments: ["llmuses", "perf", "--model", "qwen/7b"])
  }

  /// The records in order of their end; every seventh one failed.
  var records: [RequestRecord] {
    var state: UInt64 = 42
    func draw(_ range: ClosedRange<Double>) -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return range.lowerBound + Double(state >> 11) / Double(1 << 53) * (range.upperBound - range.lowerBound)
    }
    var clock = 0.0
    let records = (0..<count).map { index in
      clock += draw(0.001...0.02)
      let sent = clock + 0.0002
      var record = RequestRecord(index: index, dueAt: .seconds(clock))
      record.sentAt = .seconds(sent)
      if index == 0 { record.connectStartedAt = .seconds(clock) }
      record.promptLength = 30
      if index % 7 == 3 {
        record.endedAt = .seconds(sent + draw(0.01...0.1))
        record.status = 503
        record.ending = .failure(RequestFailure(.httpStatus(503), "the service is <busy>"))
        return record
      }
      record.status = 200
      record.isStreamed = true
      let output = 2 + index % 5
      let first = sent + draw(0.02...0.2)
      let gap = draw(0.005...0.03)
      record.tokenEventTimes = (0..<output).map { .seconds(first + Double($0) * gap) }
      record.firstEventAt = .seconds(first - 0.001)
      record.firstTokenAt = record.tokenEventTimes.first
      record.firstVisibleAt = record.firstTokenAt
      record.lastTokenAt = record.tokenEventTimes.last
      record.eventBeforeLastAt = record.lastTokenAt
      record.lastEventAt = .seconds(first + Double(output) * gap)
      record.endedAt = record.lastEventAt
      record.eventCount = output + 2
      record.usage = TokenUsage(input: 10 + index % 3, output: output)
      return record
    }
    return records.sorted { ($0.endedAt ?? .start) < ($1.endedAt ?? .start) }
  }

  /// Tells `sink` of the whole run.
  func play(to sink: any RecordSink, batch: Int = 50) throws {
    try sink.begin(description)
    let records = records
    for start in stride(from: 0, to: count, by: batch) {
      let part = Array(records[start..<min(start + batch, count)])
      try sink.receive(part)
      try sink.tick(at: part.last?.endedAt ?? .start)
    }
    try sink.end(result)
    (sink as? any UploadingSink)?.close()
  }

  var result: RunResult {
    let records = records
    let successes = records.filter(\.succeeded)
    var summary = RunSummary()
    summary.counts.total = records.count
    summary.counts.succeeded = successes.count
    summary.runTime = records.compactMap { $0.endedAt?.seconds }.max()
    summary.times.latency = Distribution(successes.compactMap { $0.latency?.inSeconds })
    summary.times.timeToFirstToken = Distribution(successes.compactMap { $0.timeToFirstToken?.inSeconds })
    return RunResult(run: description, summary: summary, verdict: Verdict())
  }
}

extension RunInstant {
  static func seconds(_ value: Double) -> RunInstant { RunInstant(nanoseconds: Int64(value * 1e9)) }
}
