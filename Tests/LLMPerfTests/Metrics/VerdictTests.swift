import Testing

@testable import LLMPerf

struct VerdictTests {
  /// 200 quiet requests, one every 10 ms: TTFT 100 ms, latency 150 ms.
  private static func healthySummary() -> RunSummary {
    var summary = RunSummary()
    summary.counts.total = 200
    summary.counts.succeeded = 200
    summary.times.timeToFirstToken = Distribution(Array(repeating: 0.1, count: 200))
    summary.times.latency = Distribution(Array(repeating: 0.15, count: 200))
    summary.gaps.interChunkLatency = Distribution(Array(repeating: 0.01, count: 1000))
    summary.client.readDelay = Distribution(Array(repeating: 0.000_6, count: 200))
    summary.client.firstSlack = Distribution(Array(repeating: 0.000_3, count: 200))
    summary.client.earliestTimeToFirstToken = Distribution(Array(repeating: 0.099_7, count: 200))
    summary.client.startLag = Distribution(Array(repeating: 0.000_2, count: 200))
    summary.rates.offered = 100
    summary.rates.achieved = 99.98
    summary.rates.requests = 95
    summary.rates.events = 950
    summary.inFlight.peak = 20
    summary.client.kernelStampedShare = 1
    summary.prompts.repeatedShare = 0
    summary.prompts.meanLength = 1000
    summary.tokens.usageOutput = 2000
    summary.tokens.usageInput = 40_000
    return summary
  }

  private static func healthyClient() -> ClientHealth {
    var health = ClientHealth()
    health.threads = [
      .init(name: "loop-0", isTimed: true, cpuShare: 0.2, waitShare: 0.01),
      .init(name: "recorder", isTimed: false, cpuShare: 0.95),
    ]
    health.longestLoopStall = 0.02
    health.loopStallP99 = 0.001
    health.recorderBacklogPeak = 40
    health.databaseLagPeak = 0.26
    health.socketBacklogPeak = 4096
    health.throttledShare = 0
    var calibration = Calibration()
    calibration.eventCeiling = 500_000
    calibration.requestCeiling = 20_000
    calibration.addedTimeToFirstTokenP50 = 0.000_2
    calibration.addedTimeToFirstTokenP99 = 0.001
    health.calibration = calibration
    return health
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let code: String
    let level: Verdict.Level
    let what: String
    let change: @Sendable (inout RunSummary, inout ClientHealth) -> Void

    init(
      _ code: String, _ level: Verdict.Level, _ what: String,
      _ change: @escaping @Sendable (inout RunSummary, inout ClientHealth) -> Void
    ) {
      self.code = code
      self.level = level
      self.what = what
      self.change = change
    }

    var testDescription: String { "\(code) \(level.rawValue): \(what)" }
  }

  private static let cases: [Case] = [
    Case("offered-rate-missed", .invalid, "six percent short") { run, _ in run.rates.achieved = 94 },
    Case("offered-rate-missed", .suspect, "two percent short") { run, _ in run.rates.achieved = 98 },
    Case("offered-rate-missed", .suspect, "held back by the cap") { run, _ in
      run.rates.achieved = 50
      run.inFlight.limit = 20
    },
    Case("schedule-lag", .invalid, "late by 60 ms") { run, _ in run.client.startLag = Distribution([0.06]) },
    Case("schedule-lag", .suspect, "late by 8 ms") { run, _ in run.client.startLag = Distribution([0.008]) },
    Case("client-cpu", .invalid, "a loop at 95 %") { _, client in client.threads[0].cpuShare = 0.95 },
    Case("client-cpu", .suspect, "a loop at 75 %") { _, client in client.threads[0].cpuShare = 0.75 },
    Case("client-cpu", .invalid, "a busy neighbour on the same processor") { _, client in
      client.threads[0].waitShare = 0.8
    },
    Case("client-throttled", .invalid, "stopped for a quarter") { _, client in client.throttledShare = 0.25 },
    Case("client-throttled", .suspect, "stopped for two percent") { _, client in client.throttledShare = 0.02 },
    Case("loop-stall", .invalid, "away for 60 ms, stamps at the read") { run, client in
      client.loopStallP99 = 0.06
      run.client.kernelStampedShare = nil
    },
    Case("loop-stall", .invalid, "away for 60 ms, stamps by the kernel") { _, client in client.loopStallP99 = 0.06 },
    Case("first-token-slack", .invalid, "TTFT p50 may be 30 ms too large") { run, _ in
      run.client.earliestTimeToFirstToken = Distribution(Array(repeating: 0.07, count: 200))
    },
    Case("first-token-slack", .suspect, "TTFT p50 may be 6 ms too large") { run, _ in
      run.client.earliestTimeToFirstToken = Distribution(Array(repeating: 0.094, count: 200))
    },
    Case("first-token-slack", .invalid, "TTFT p99 may be 200 ms too large") { run, _ in
      run.times.timeToFirstToken = Distribution(Array(repeating: 0.1, count: 195) + Array(repeating: 0.3, count: 5))
      run.client.earliestTimeToFirstToken = Distribution(Array(repeating: 0.1, count: 200))
    },
    Case("first-token-slack", .suspect, "the latest of 50 may be 200 ms too large") { run, _ in
      run.times.timeToFirstToken = Distribution(Array(repeating: 0.1, count: 49) + [0.3])
      run.client.earliestTimeToFirstToken = Distribution(Array(repeating: 0.1, count: 50))
    },
    Case("late-reads", .suspect, "first tokens lay in their sockets for two gaps") { run, _ in
      run.client.firstSlack = Distribution([0.02])
    },
    Case("stamps-not-believed", .valid, "the wall clock was set") { _, client in
      client.clockSteps = 1
      client.largestClockStep = -10
      client.disbelievedStamps = 40
    },
    Case("loop-stall", .suspect, "away for 20 ms") { _, client in client.loopStallP99 = 0.02 },
    Case("above-half-of-ceiling", .invalid, "nearly all events") { run, _ in run.rates.events = 480_000 },
    Case("above-half-of-ceiling", .suspect, "over half of the events") { run, _ in run.rates.events = 260_000 },
    Case("above-half-of-ceiling", .suspect, "over half of the requests") { run, _ in run.rates.requests = 11_000 },
    Case("ceiling-unknown", .valid, "three times as fast as the calibration's own server") { run, _ in
      run.rates.events = 1_494_000
    },
    Case("overload", .valid, "in flight grows") { run, _ in run.inFlight.growth = .init(before: 40, after: 90) },
    Case("client-adds-too-much", .invalid, "a third of TTFT") { _, client in
      client.calibration?.addedTimeToFirstTokenP99 = 0.033
    },
    Case("client-adds-too-much", .suspect, "a tenth of the gaps") { _, client in
      client.calibration?.addedGapP99 = 0.001
    },
    Case("late-reads", .suspect, "one gap in a hundred is of a late read") { run, _ in run.gaps.lateShare = 0.01 },
    Case("late-reads", .invalid, "a third of the gaps are of late reads") { run, _ in run.gaps.lateShare = 0.33 },
    Case("late-reads", .suspect, "events wait for two gaps") { run, _ in run.client.readDelay = Distribution([0.02]) },
    Case("database-lag", .suspect, "three seconds behind") { _, client in client.databaseLagPeak = 3 },
    Case("recorder-backlog", .valid, "20,000 waiting") { _, client in client.recorderBacklogPeak = 20_000 },
    Case("socket-backlog", .suspect, "100 kB in a socket") { _, client in client.socketBacklogPeak = 100_000 },
    Case("no-kernel-stamps", .valid, "none") { run, _ in run.client.kernelStampedShare = 0 },
    Case("cut-short", .suspect, "interrupted") { run, _ in run.isPartial = true },
    Case("no-requests", .invalid, "nothing ended") { run, _ in run = RunSummary() },
    Case("all-failed", .invalid, "not one success") { run, _ in
      run.counts.succeeded = 0
    },
    Case("many-failures", .suspect, "one in ten") { run, _ in run.counts.succeeded = 180 },
    Case("too-few-samples", .suspect, "nineteen") { run, _ in
      (run.counts.total, run.counts.succeeded) = (19, 19)
    },
    Case("token-disagreement", .suspect, "a quarter") { run, _ in
      run.tokens.disagreement = 0.25
      run.tokens.requestsWithBothCounts = 200
    },
    Case("repeated-prompts", .suspect, "long ones, no word of the cache") { run, _ in run.prompts.repeatedShare = 0.9 },
    Case("repeated-prompts", .suspect, "the cache answered") { run, _ in
      run.prompts.repeatedShare = 0.9
      run.tokens.totalCached = 30_000
    },
    Case("repeated-prompts", .valid, "the cache did not") { run, _ in
      run.prompts.repeatedShare = 0.9
      run.tokens.totalCached = 0
    },
    Case("shared-prefix", .valid, "no word of the cache") { run, _ in run.prompts.sharedPrefixShare = 0.9 },
    Case("shared-prefix", .suspect, "the cache answered") { run, _ in
      run.prompts.sharedPrefixShare = 0.9
      run.tokens.totalCached = 30_000
    },
    Case("shared-prefix", .valid, "the cache did not") { run, _ in
      run.prompts.sharedPrefixShare = 0.9
      run.tokens.totalCached = 0
    },
    Case("repeated-prompts", .valid, "too short for a cache") { run, _ in
      run.prompts.repeatedShare = 0.9
      run.prompts.meanLength = 40
    },
  ]

  @Test
  func `trusts a quiet run of 200 requests`() {
    let verdict = Verdict(Self.healthySummary(), health: Self.healthyClient())
    #expect(verdict.level == .valid)
    #expect(verdict.reasons.isEmpty)
    #expect(Verdict(Self.healthySummary()).level == .valid)
  }

  @Test(arguments: cases)
  func `says what is wrong, and how much it matters`(_ example: Case) throws {
    var summary = Self.healthySummary()
    var health = Self.healthyClient()
    example.change(&summary, &health)
    let verdict = Verdict(summary, health: health)
    let reason = try #require(verdict.reasons.first { $0.code == example.code })
    #expect(reason.level == example.level)
    #expect(verdict.level == example.level)
    #expect(!reason.message.isEmpty && !reason.message.contains("\n"))
    // One cause gives one reason; missing kernel stamps are a cause of their own.
    #expect(verdict.reasons.count { $0.code != "no-kernel-stamps" || example.code == $0.code } == 1)
  }

  @Test
  func `a TTFT that may be the client's own makes nothing else look small`() {
    var summary = Self.healthySummary()
    var health = Self.healthyClient()
    health.loopStallP99 = 0.02
    summary.client.startLag = Distribution([0.02])
    summary.client.earliestTimeToFirstToken = Distribution(Array(repeating: 0.03, count: 200))
    let reasons = Verdict(summary, health: health).reasons
    #expect(Set(reasons.map(\.code)) == ["first-token-slack", "loop-stall", "schedule-lag"])
    #expect(reasons.allSatisfy { $0.level == .invalid })
    #expect(reasons.allSatisfy { $0.code == "first-token-slack" || $0.message.contains("30.00 ms") })
  }

  @Test
  func `forgives what is no fault`() {
    var summary = Self.healthySummary()
    var health = Self.healthyClient()
    // A tenth of the output, but only one token an answer: the one that ends it.
    summary.tokens.disagreement = 0.1
    summary.tokens.requestsWithBothCounts = 200
    // One request that left late, and one stall.
    summary.client.startLag = Distribution(Array(repeating: 0.000_1, count: 199) + [0.4])
    health.longestLoopStall = 0.3
    // Fewer than twenty scheduled requests.
    #expect(Verdict(summary, health: health).reasons.isEmpty)
    summary.counts.total = 19
    summary.rates.achieved = 98
    #expect(Verdict(summary, health: health).reasons.isEmpty)
  }

  @Test
  func `does not blame the client for waiting under the user's cap`() {
    var summary = Self.healthySummary()
    summary.client.startLag = Distribution([5])
    summary.inFlight.limit = 20
    #expect(Verdict(summary).reasons.isEmpty)
  }

  @Test
  func `puts the worst first`() {
    var summary = Self.healthySummary()
    summary.isPartial = true
    summary.client.kernelStampedShare = 0
    summary.rates.achieved = 10
    #expect(Verdict(summary).reasons.map(\.code) == ["offered-rate-missed", "cut-short", "no-kernel-stamps"])
    #expect(Verdict(summary).level == .invalid)
  }

  @Test
  func `what was noticed in answers is one note each, with their number`() throws {
    var records = (0..<30).map { RequestRecord.streamed($0, sent: Double($0), tokens: [100, 110]) }
    for index in 0..<3 { records[index].remarks = [.guessedOutput, .joinedEvents] }
    records[9].remarks = .countsLeftOut
    let reasons = Verdict(try summary(of: records)).reasons
    func note(_ code: String) -> String? { reasons.first { $0.code == code && $0.level == .valid }?.message }
    #expect(note("guessed-output")?.contains("3 answers") == true)
    #expect(note("joined-events")?.hasPrefix("3 answers") == true)
    #expect(note("counts-left-out")?.contains("in 1 answer:") == true)
    #expect(note("foreign-text") == nil)
  }
}
