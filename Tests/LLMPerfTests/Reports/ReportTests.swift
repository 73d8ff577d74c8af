import Testing

@testable import LLMPerf

struct ReportTests {
  private static let run = RunDescription(
    name: "demo", configuration: [("model", "m"), ("rate", .number("-1"))], model: "m", api: "openai",
    url: "http://localhost:8000/v1", load: .closedLoop(parallel: 4), expectedRequests: 240,
    seed: 18_446_744_073_709_551_615,
    wallClockStart: 1_700_000_000.25, version: "1.0.0", machine: [("processors", 2)],
    arguments: ["perf", "--model", "m"])

  private static func client() -> ClientHealth {
    var health = ClientHealth()
    health.threads = [
      .init(name: "loop-0", isTimed: true, cpuShare: 0.123, peakCPUShare: 0.2, waitShare: 0.004),
      .init(name: "recorder", isTimed: false, cpuShare: 0.05),
    ]
    health.totalCPUUse = 0.21
    health.processorCount = 1.5
    health.longestLoopStall = 0.0042
    health.loopStallP99 = 0.0011
    health.recorderBacklogPeak = 12
    health.databaseLagPeak = 0.251
    health.socketBacklogPeak = 2048
    health.residentMemoryPeak = 41_943_040
    var calibration = Calibration()
    calibration.eventCeiling = 1_250_000
    calibration.requestCeiling = 21_000
    calibration.addedTimeToFirstTokenP50 = 0.000_08
    calibration.addedTimeToFirstTokenP99 = 0.000_4
    calibration.addedGapP50 = 0.000_004
    calibration.addedGapP99 = 0.000_05
    health.calibration = calibration
    return health
  }

  /// A run with everything that a report can show.
  private static func fullResult() throws -> RunResult {
    var records = RequestRecord.closedLoop(parallel: 4, rounds: 60, failing: 40)
    for index in records.indices {
      records[index].counted = TokenUsage(input: 9, output: (records[index].usage.output ?? 0) + 1)
      records[index].usage.reasoning = 2
      records[index].kernelStamped = records[index].succeeded
      records[index].longestReadDelay = .microseconds(30 + index)
      if index < 4 {
        records[index].connectStartedAt = records[index].dueAt
        records[index].connectedAt = records[index].sentAt
      }
    }
    records[20].retried = true
    var late = RequestRecord.failed(
      999, sent: 2200, end: 2210, .httpStatus(503),
      "the service is overloaded: " + String(repeating: "too many requests, ", count: 8) + "try again")
    late.status = 503
    var warmup = RequestRecord.streamed(0, sent: -80, tokens: [-40])
    warmup.phase = .warmup
    let objectives = try [
      ServiceLevelObjective(parsing: "ttft<=28ms"), ServiceLevelObjective(parsing: "latency<=55ms"),
    ]
    let summary = try summary(
      of: records + [late, warmup], objectives: objectives,
      SummaryOptions(isPartial: true, neverSentRequests: 3))
    return RunResult(run: run, summary: summary, verdict: Verdict(summary, health: client()), health: client())
  }

  private static func emptyResult() throws -> RunResult {
    var run = run
    run.load = .openLoop(.poisson(rate: 5))
    run.expectedRequests = nil
    let summary = try summary(of: [])
    return RunResult(run: run, summary: summary, verdict: Verdict(summary))
  }

  @Test
  func `prints everything of a full run`() throws {
    let report = TextReport.render(try Self.fullResult())
    #expect(report == (try Golden.text("Reports/full.txt", actual: report)))
  }

  @Test
  func `prints n-a for what does not exist`() throws {
    let report = TextReport.render(try Self.emptyResult())
    #expect(report == (try Golden.text("Reports/empty.txt", actual: report)))
  }

  /// The reasons of such lines, one text each.
  private static let reasons = ["the run ended before its time", "answers came late"].map { words in
    Verdict.Reason(.suspect, code: "some-code", words + String(repeating: ", and so did much else", count: 8))
  }

  @Test
  func `fits a terminal of 100 columns`() throws {
    var result = try Self.fullResult()
    result.verdict = Verdict(reasons: Self.reasons)
    for line in TextReport.render(result).split(separator: "\n") { #expect(line.count <= 100) }
  }

  @Test(arguments: [60, 80, 100, 1000])
  func `wraps its sentences at the terminal's columns, and leaves tables and classic lines alone`(columns: Int) throws {
    var result = try Self.fullResult()
    result.verdict = Verdict(reasons: Self.reasons)
    let lines = TextReport.render(result, columns: columns).split(separator: "\n")
    let first = try #require(lines.firstIndex { $0.contains("(some-code): ") })
    #expect(lines[first...].allSatisfy { $0.count <= min(columns, 100) })
    #expect(lines[(first + 1)...].contains { $0.hasPrefix("    ") })
    let words = lines[first...].dropLast().joined(separator: " ").split(separator: " ").joined(separator: " ")
    #expect(words == Self.reasons.map { "SUSPECT (some-code): \($0.message)" }.joined(separator: " "))
    let classic = ClassicReport(run: result.run, summary: result.summary).lines
    #expect(classic.allSatisfy { line in lines.contains { $0 == line } })
    let reasons = JSONReport.make(result)["verdict"]?["reasons"]?.arrayValue
    #expect(reasons?.compactMap { $0["message"]?.stringValue } == Self.reasons.map(\.message))
  }

  @Test
  func `gives each number of the client a name of its own`() throws {
    let names = TextReport.clientFacts(of: try Self.fullResult()).map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: [(JSON.null, true), ("{}", false)])
  func `says which limit of tokens Anthropic's default template sets`(template: JSON, isSaid: Bool) throws {
    var result = try Self.fullResult()
    result.run.api = "anthropic"
    result.run.configuration = [("query-template", template)]
    #expect(TextReport.render(result).contains("Answers end at 1,024 tokens") == isSaid)
  }

  @Test
  func `begins with the classic lines, verbatim`() throws {
    let labels = [
      "Benchmarking summary: ", " Time taken for tests: ", " Expected number of requests: ", " Number of concurrency: ",
      " Total requests: ", " Succeed requests: ", " Failed requests: ", " Average QPS: ", " Average latency: ",
      " Throughput(average output tokens per second): ", " Average time to first token: ",
      " Average input tokens per request: ", " Average output tokens per request: ",
      " Average time per output token: ", " Average package per request: ", " Average package latency: ",
      " Percentile of time to first token: ", "     p50: ", "     p66: ", "     p75: ", "     p80: ", "     p90: ",
      "     p95: ", "     p98: ", "     p99: ", " Percentile of request latency: ", "     p50: ", "     p66: ",
      "     p75: ", "     p80: ", "     p90: ", "     p95: ", "     p98: ", "     p99: ",
    ]
    for result in try [Self.fullResult(), Self.emptyResult()] {
      let lines = ClassicReport(run: result.run, summary: result.summary).lines
      #expect(lines.count == labels.count)
      for (line, label) in zip(lines, labels) { #expect(line.hasPrefix(label)) }
    }
  }

  @Test
  func `writes a complete report for programs`() throws {
    let result = try Self.fullResult()
    let json = try JSON(parsing: JSONReport.make(result).utf8(indented: true))
    let summary = result.summary
    #expect(json["run"]?["seed"] == .number("18446744073709551615"))
    #expect(json["run"]?["clock"]?["unix_seconds"]?.doubleValue == 1_700_000_000.25)
    #expect(json["run"]?["configuration"]?["rate"] == .number("-1"))
    #expect(json["verdict"]?["level"]?.stringValue == "SUSPECT")
    #expect(json["verdict"]?["reasons"]?[0]?["code"]?.stringValue == result.verdict.reasons[0].code)
    #expect(json["partial"] == true)
    #expect(json["requests"]?["scheduled"] == 244)
    #expect(json["ttft_seconds"]?["p99"]?.doubleValue == summary.times.timeToFirstToken.percentile(99))
    #expect(json["ttft_seconds"]?["too_few_for"] == ["p99.9", "p99.99"])
    #expect(json["inter_chunk_latency_seconds"]?["relative_error"]?.doubleValue == 0x1p-10)
    #expect(json["inter_token_latency_seconds"]?["estimated"] == true)
    #expect(json["latency_with_failures_seconds"]?["p99"] == .null)
    #expect(json["latency_seconds"]?["p99"]?.doubleValue == summary.times.latency.percentile(99))
    #expect(
      json["confidence_95"]?["ttft_seconds"]?["p50"]?[1]?.doubleValue == summary.certainty.timeToFirstToken.p50?.high)
    #expect(
      json["legacy"]?["latency_percentiles_seconds"]?["p99"]?.doubleValue == summary.classic.latencyPercentiles[7])
    #expect(json["failures"]?[0]?["code"]?.stringValue == "reset")
    #expect(json["objectives"]?[0]?["limit_seconds"]?.doubleValue == 0.028)
    #expect(json["timeline"]?["buckets"]?.arrayValue?.count == summary.timeline.buckets.count)
    #expect(json["client"]?["calibration"]?["event_ceiling_per_second"] == 1_250_000)
    #expect(json["throughput"]?["requests_per_second"]?.doubleValue == summary.rates.requests)
    let empty = JSONReport.make(try Self.emptyResult())
    #expect(empty["ttft_seconds"] == .null)
    #expect(empty["steady_window"] == .null)
  }

  @Test(arguments: [
    (0.000_012_34, "0.012"), (0.009_999_6, "10.00"), (0.123_456, "123.46"), (0.999_996, "1000.0"),
    (12.345_67, "12345.7"),
    (120, "120000"), (0, "0.000"),
  ])
  func `writes milliseconds with the digits that matter`(seconds: Double, expected: String) {
    #expect(NumberText.milliseconds(seconds) == expected)
  }
}
