import LLMPerf
import LLMPerfSQLite

extension Tool {
  /// Puts the database of a run that never was into the folder: requests sent at given seconds, each with a given latency.
  func save(
    _ name: String, model: String = "m", seed: UInt64 = 1, startedAt: Double = 1000,
    _ requests: [(sent: Double, latency: Double)]
  ) throws {
    let run = RunDescription(
      name: name, configuration: [], model: model, api: "openai", url: "http://host", parallel: 2,
      expectedRequests: requests.count, seed: seed, wallClockStart: startedAt, version: "1", machine: [], arguments: [])
    let database = try ResultWriter(path: path(name + ".db"), saving: .full) { _ in "{}" }
    let builder = SummaryBuilder()
    try database.begin(run)
    for (index, request) in requests.enumerated() {
      var record = RequestRecord(index: index, dueAt: Self.instant(request.sent))
      record.sentAt = record.dueAt
      record.endedAt = Self.instant(request.sent + request.latency)
      record.status = 200
      record.usage = TokenUsage(input: 3, output: 5)
      builder.receive([record])
      try database.receive([record])
    }
    let summary = try builder.summary(SummaryOptions(isOpenLoop: false))
    try database.end(RunResult(run: run, summary: summary, verdict: Verdict()))
    try database.close()
  }

  private static func instant(_ seconds: Double) -> RunInstant {
    RunInstant(nanoseconds: Int64((seconds * 1e9).rounded()))
  }
}

extension Tool {
  /// Puts the database of a finished run of `count` streamed requests into the folder, with as many rows of the client's
  /// health.
  func saveStreams(
    _ name: String, count: Int = 6, seed: UInt64 = 1, startedAt: Double = 1000, parallel: Int? = 2, neverSent: Int = 0,
    configuration: [(name: String, value: JSON)] = [("goodput", ["latency<=250ms"])], sendingEnded: Double? = nil
  ) throws {
    let run = RunDescription(
      name: name, configuration: configuration, model: "m", api: "openai", url: "http://host",
      load: parallel.map { .closedLoop(parallel: $0) } ?? .openLoop(.poisson(rate: 5)), expectedRequests: count,
      seed: seed, wallClockStart: startedAt, version: "1", machine: [], arguments: [])
    let database = try ResultWriter(path: path(name + ".db"), saving: .full) { JSONReport.make($0).description }
    let builder = SummaryBuilder(objectives: [try ServiceLevelObjective(parsing: "latency<=250ms")])
    try database.begin(run)
    for second in 1...count {
      var row = HealthRow()
      (row.time, row.processCPU, row.loopCPU, row.residentMemory) = (Double(second) / 2, 0.5, 0.25, 1 << 20)
      row.threadCPU = [("loop-0", 0.25)]
      try database.note(row)
    }
    for index in 0..<count {
      var record = Self.stream(index)
      // The wait for the last one was cut after half a minute.
      if sendingEnded != nil, index == count - 1 {
        record.ending = .cut(by: .endOfRun)
        record.endedAt = Self.instant(30)
      }
      builder.receive([record])
      try database.receive([record])
    }
    let summary = try builder.summary(
      SummaryOptions(
        isOpenLoop: parallel == nil, neverSentRequests: neverSent, sendingEnded: sendingEnded.map(Self.instant)))
    try database.end(RunResult(run: run, summary: summary, verdict: Verdict()))
    try database.close()
  }

  /// Two places, each with three requests of 200 ms, sent 10 ms after they were due; five events at 20 ms.
  private static func stream(_ index: Int) -> RequestRecord {
    let due = Int64(index / 2) * 210_000_000
    var record = RequestRecord(index: index, dueAt: RunInstant(nanoseconds: due))
    func after(_ milliseconds: Int64) -> RunInstant { RunInstant(nanoseconds: due + milliseconds * 1_000_000) }
    record.connectStartedAt = after(2)
    record.connectedAt = after(8)
    record.sentAt = after(10)
    record.headersAt = after(100)
    record.firstEventAt = after(100)
    record.tokenEventTimes = (0..<5).map { after(110 + 20 * $0) }
    record.firstTokenAt = after(110)
    record.firstVisibleAt = after(110)
    record.lastTokenAt = after(190)
    record.endedAt = after(210)
    record.isStreamed = true
    record.status = 200
    record.eventCount = 6
    record.kernelStamped = true
    record.longestReadDelay = .microseconds(200)
    record.usage = TokenUsage(input: 3, output: 5, reasoning: 0, cached: 0)
    record.tokensPerEvent = [1, 1, 1, 1, 1]
    (record.promptLength, record.promptHash) = (20 + index, UInt64(index) + 1)
    let request = Array(#"{"model": "m", "n": \#(index), "stream": true}"#.utf8)
    var bodies = RequestBodies(request: request, text: Array("answer".utf8))
    for time in [after(100)] + record.tokenEventTimes {
      let start = bodies.response.count
      bodies.response += Array("{}".utf8)
      bodies.events.append(
        RequestBodies.Event(
          data: start..<start + 2, name: start..<start, at: time,
          meaning: time == after(100) ? [.bookkeeping, .classic] : [.output, .classic]))
    }
    record.lastEventAt = record.tokenEventTimes.last
    record.eventBeforeLastAt = record.tokenEventTimes.dropLast().last
    record.bodies = bodies
    return record
  }
}
