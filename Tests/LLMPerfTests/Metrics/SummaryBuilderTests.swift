import Testing

@testable import LLMPerf

/// Five requests small enough to be worked out by hand; milliseconds.
struct SummaryBuilderTests {
  private static let records: [RequestRecord] = {
    var warmup = RequestRecord.streamed(0, sent: -500, tokens: [-100, -50])
    warmup.phase = .warmup
    var neverSent = RequestRecord(index: 4, dueAt: .milliseconds(230))
    neverSent.ending = .neverSent
    return [
      warmup,
      .streamed(0, due: 0, sent: 10, tokens: [110, 120, 140], end: 141, output: 3),
      .failed(3, sent: 130, end: 200),
      .streamed(1, due: 50, sent: 50, tokens: [250, 250, 260, 300], output: 5),
      .streamed(2, due: 100, sent: 120, tokens: [420], end: 425, output: 1),
      neverSent,
    ]
  }()

  private func run(objectives: [ServiceLevelObjective] = []) throws -> RunSummary {
    try summary(of: Self.records, objectives: objectives, SummaryOptions(isOpenLoop: true, isPartial: true))
  }

  @Test
  func `counts every request once, and warm-up apart`() throws {
    let summary = try run()
    #expect(summary.counts.total == 4)
    #expect(summary.counts.succeeded == 3)
    #expect(summary.counts.failed == 1)
    #expect(summary.counts.neverSent == 1)
    #expect(summary.counts.scheduled == 5)
    #expect(summary.counts.warmup == 1)
    #expect(summary.isPartial)
    #expect(summary.counts.errorRate == 0.25)
    #expect(summary.inFlight.peak == 4)
    #expect(summary.failures == [FailureCount(code: .reset, count: 1, sample: "the connection was reset")])
  }

  @Test
  func `computes each metric by its formula`() throws {
    let summary = try run()
    #expect(summary.times.timeToFirstToken.sorted == [0.1, 0.2, 0.3])
    #expect(summary.times.scheduledTimeToFirstToken.sorted == [0.11, 0.2, 0.32])
    #expect(summary.times.latency.sorted == [0.13, 0.25, 0.3])
    #expect(summary.times.responseTime.sorted == [0.14, 0.25, 0.32])
    #expect(summary.times.timePerOutputToken.sorted == [0.0125, 0.015])
    #expect(summary.times.outputRatePerUser.sorted.map { $0.rounded() } == [67, 80])
    #expect(summary.times.maxStall.sorted == [0.02, 0.04])
    #expect(summary.client.scheduleLag.sorted == [0, 0, 0.01, 0.02])
    #expect(summary.client.startLag == summary.client.scheduleLag)
    #expect(summary.times.connectTime.isEmpty)
    #expect(summary.gaps.interChunkLatency.count == 5)
    #expect(try #require(summary.gaps.interChunkLatency.mean).isClose(to: 0.016))
    #expect(summary.gaps.interChunkLatency.percentile(20) == 0)
    #expect(summary.gaps.interChunkLatency.max == 0.04)
    #expect(summary.gaps.zeroShare == 0.2)
    #expect(summary.gaps.isEstimated)
    #expect(summary.times.latencyWithFailures.sorted == [0.13, 0.25, 0.3, .infinity])
    #expect(summary.times.latencyWithFailures.percentile(99) == nil)
    #expect(summary.tokens.inputPerRequest.sorted == [10, 10, 10])
    #expect(summary.tokens.outputPerRequest.sorted == [1, 3, 5])
  }

  @Test
  func `divides by the time from the first send to the last end`() throws {
    let summary = try run()
    #expect(summary.runTime == 0.415)
    #expect(try #require(summary.rates.requests).isClose(to: 3 / 0.415))
    #expect(try #require(summary.rates.outputTokens).isClose(to: 9 / 0.415))
    #expect(try #require(summary.rates.allTokens).isClose(to: 39 / 0.415))
    #expect(try #require(summary.rates.events).isClose(to: 11 / 0.415))
    #expect(try #require(summary.rates.achieved).isClose(to: 3 / 0.12))
    #expect(try #require(summary.rates.offered).isClose(to: 4 / 0.23))
    #expect(try #require(summary.events.meanPerRequest).isClose(to: 11.0 / 3))
    #expect(try #require(summary.events.meanGap).isClose(to: 0.083 / 8))
  }

  @Test
  func `judges objectives over everything that was scheduled`() throws {
    let objectives = try [
      ServiceLevelObjective(parsing: "ttft<=200ms"), ServiceLevelObjective(parsing: "tpot<=14ms"),
    ]
    let summary = try run(objectives: objectives)
    #expect(summary.objectives.each.map(\.attainment) == [0.4, 0.2])
    #expect(summary.objectives.attainment == 0.2)
    #expect(try #require(summary.objectives.goodput).isClose(to: 1 / 0.415))
    #expect(try run().objectives.goodput == nil)
  }

  @Test(arguments: [true, false])
  func `the first wave of a closed loop has no start lag`(isOpenLoop: Bool) throws {
    let builder = SummaryBuilder()
    builder.receive([
      .streamed(0, due: 0, sent: 60, tokens: [100, 150]), .streamed(1, due: 150, sent: 151, tokens: [200, 250]),
    ])
    let summary = try builder.summary(SummaryOptions(isOpenLoop: isOpenLoop))
    #expect(summary.client.startLag.sorted == (isOpenLoop ? [0.001, 0.06] : [0.001]))
    #expect(summary.client.scheduleLag.count == 2)
  }

  @Test
  func `an answer that waited to be sent is good from the send and not from the due time`() throws {
    let objectives = try [
      ServiceLevelObjective(parsing: "ttft<=200ms"), ServiceLevelObjective(parsing: "latency<=300ms"),
      ServiceLevelObjective(parsing: "tpot<=60ms"),
    ]
    let builder = SummaryBuilder(objectives: objectives)
    builder.receive([
      .streamed(0, due: 0, sent: 0, tokens: [100, 150]),
      .streamed(1, due: 100, sent: 200, tokens: [300, 350]),
      .streamed(2, due: 100, sent: 400, tokens: [500, 550]),
      .streamed(3, due: 100, sent: 290, tokens: [390, 440]),
    ])
    let summary = try builder.summary()
    #expect(summary.objectives.each.map(\.attainment) == [1, 1, 1])
    #expect(summary.objectives.each.map(\.scheduledAttainment) == [0.5, 0.5, 1])
    #expect(summary.objectives.attainment == 1)
    #expect(summary.objectives.scheduledAttainment == 0.5)
    #expect(try #require(summary.objectives.goodput).isClose(to: 4 / 0.55))
    #expect(try #require(summary.objectives.scheduledGoodput).isClose(to: 2 / 0.55))
  }

  @Test
  func `repeats the original's arithmetic`() throws {
    let classic = try run().classic
    #expect(classic.timeTaken == 0.415)
    #expect(try #require(classic.queriesPerSecond).isClose(to: 3 / 0.415))
    #expect(try #require(classic.averageLatency).isClose(to: (0.131 + 0.25 + 0.305) / 3))
    #expect(try #require(classic.averageFirstChunkLatency).isClose(to: (0.099 + 0.199 + 0.299) / 3))
    #expect(try #require(classic.timePerOutputToken).isClose(to: 0.415 / 9))
    #expect(try #require(classic.packagesPerRequest).isClose(to: 5.0 / 3 + 2))
    #expect(try #require(classic.averagePackageLatency).isClose(to: 0.022 / 5))
    #expect(classic.latencyPercentiles.isEmpty)
  }

  @Test
  func `knows nothing of a run without requests`() throws {
    let summary = try summary(of: [])
    #expect(summary.runTime == nil)
    #expect(summary.rates.requests == nil)
    #expect(summary.rates.achieved == nil)
    #expect(summary.counts.errorRate == nil)
    #expect(summary.tokens.source == .none)
    #expect(summary.classic == ClassicNumbers())
    #expect(summary.steadyWindow == nil)
    #expect(summary.timeline.buckets.isEmpty)
  }

  @Test
  func `has no first token of an answer in one body`() throws {
    var record = RequestRecord.streamed(0, sent: 0, tokens: [], end: 80, output: 7)
    record.isStreamed = false
    record.eventCount = 1
    record.firstEventAt = record.endedAt
    let summary = try summary(of: [record])
    #expect(summary.times.timeToFirstToken.isEmpty)
    #expect(summary.times.timePerOutputToken.isEmpty)
    #expect(summary.times.latency.sorted == [0.08])
    #expect(summary.events.meanGap == nil)
    #expect(summary.tokens.totalOutput == 7)
    #expect(summary.classic.averageFirstChunkLatency == 0.08)
    #expect(summary.classic.packagesPerRequest == 1)
  }

  @Test
  func `divides gaps by tokens where the service tells them event by event`() throws {
    var record = RequestRecord.streamed(0, sent: 0, tokens: [10, 20, 40, 45], output: 7)
    record.tokensPerEvent = [1, 1, 4, 0]
    let known = try summary(of: [record])
    #expect(!known.gaps.isEstimated)
    #expect(known.gaps.interTokenLatency.count == 5)
    #expect(try #require(known.gaps.interTokenLatency.mean).isClose(to: 0.006))
    #expect(try #require(known.times.timePerOutputToken.percentile(50)).isClose(to: 0.035 / 6))
    var other = RequestRecord.streamed(1, sent: 0, tokens: [10, 18])
    other.tokensPerEvent = []
    let mixed = try summary(of: [record, other])
    #expect(mixed.gaps.isEstimated)
    #expect(mixed.gaps.interTokenLatency.count == 6)
    #expect(mixed.gaps.interChunkLatency.count == 4)
  }

  @Test
  func `counts the prompts that were sent before`() throws {
    var records = (0..<4).map { RequestRecord.streamed($0, sent: 0, tokens: [5]) }
    #expect(try summary(of: records).prompts.repeatedShare == 0)
    records[2].promptHash = records[0].promptHash
    #expect(try summary(of: records).prompts.repeatedShare == 0.25)
    for index in records.indices { records[index].promptHash = 0 }
    #expect(try summary(of: records).prompts.repeatedShare == nil)
    var memory = PromptMemory(limit: 2)
    for hash in [1, 2, 3, 3, 1] as [UInt64] { memory.note(hash) }
    #expect(memory.repeatedShare == 0.2)
  }

  @Test
  func `counts the new prompts that begin like one sent before`() throws {
    var records = (0..<4).map { RequestRecord.streamed($0, sent: 0, tokens: [5]) }
    #expect(try summary(of: records).prompts.sharedPrefixShare == 0)
    for index in records.indices { records[index].promptPrefixHash = 9 }
    #expect(try summary(of: records).prompts.sharedPrefixShare == 0.75)
    // The same prompt again is a repetition, and counts as nothing else.
    for index in records.indices { records[index].promptHash = records[0].promptHash }
    #expect(try summary(of: records).prompts.repeatedShare == 0.75)
    #expect(try summary(of: records).prompts.sharedPrefixShare == 0)
  }
}
