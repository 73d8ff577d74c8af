import Testing

@testable import LLMPerf

/// Requests parted by a key; the finish reason stands for a label, the index for a stage.
struct SliceTests {
  private static let byClass = SliceKey("class") { $0.finishReason }
  private static let byStage = SliceKey("stage", partsTime: true) { String($0.index / 100) }
  private static let objectives = [
    ServiceLevelObjective(.timeToFirstToken, limit: .milliseconds(25)),
    ServiceLevelObjective(.latency, limit: .milliseconds(60)),
  ]

  private func summary(
    of records: [RequestRecord], by keys: SliceKey..., options: SummaryOptions = SummaryOptions()
  ) throws -> RunSummary {
    let builder = SummaryBuilder(objectives: Self.objectives, slicedBy: keys)
    builder.receive(records)
    return try builder.summary(options)
  }

  /// A closed loop with failures, cut requests and some that were never sent; classes of unequal size, some without one.
  private static let records: [RequestRecord] = {
    var records = RequestRecord.closedLoop(load: .closedLoop(parallel: 5), rounds: 60, failing: 13)
    for place in records.indices {
      records[place].finishReason = [nil, "chat", "batch", "chat"][records[place].index % 4]
      if records[place].index > 290 { records[place].ending = .cut(by: .endOfRun) }
      if records[place].index % 29 == 0 {
        records[place].tokensPerEvent = records[place].tokenEventTimes.map { _ in 1 }
      }
    }
    records[3].ending = .neverSent
    records[7].ending = .skipped
    return records
  }()

  private func numbers(_ slice: RunSlice) -> [String] {
    [
      "\(slice.counts)", "\(slice.times)", "\(slice.gaps)", "\(slice.client)", "\(slice.tokens)", "\(slice.events)",
      "\(slice.objectives.each)", "\(slice.objectives.attainment ?? -1)",
    ]
  }

  private func numbers(_ run: RunSummary) -> [String] {
    [
      "\(run.counts)", "\(run.times)", "\(run.gaps)", "\(run.client)", "\(run.tokens)", "\(run.events)",
      "\(run.objectives.each)", "\(run.objectives.attainment ?? -1)",
    ]
  }

  @Test
  func `a slice has the numbers that a run of its requests alone has`() throws {
    let run = try summary(of: Self.records, by: Self.byClass, Self.byStage)
    #expect(
      run.slices.map { "\($0.key) \($0.name)" } == ["class batch", "class chat", "stage 0", "stage 1", "stage 2"])
    for slice in run.slices {
      let own = Self.records.filter { slice.name == (slice.key == "class" ? $0.finishReason : String($0.index / 100)) }
      let alone = try summary(of: own)
      #expect(numbers(slice) == numbers(alone))
      guard slice.key == "stage" else { continue }
      #expect(slice.runTime == alone.runTime)
      #expect(slice.rates == alone.rates)
      #expect(slice.objectives == alone.objectives)
    }
  }

  @Test
  func `rates of slices that run side by side add up to the run's`() throws {
    let records = Self.records.filter { $0.finishReason != nil }
    let run = try summary(of: records, by: Self.byClass)
    #expect(run.slices.allSatisfy { $0.runTime == run.runTime })
    let requests = run.slices.compactMap(\.rates.requests).reduce(0, +)
    #expect(try requests.isClose(to: #require(run.rates.requests)))
    let tokens = run.slices.compactMap(\.rates.outputTokens).reduce(0, +)
    #expect(try tokens.isClose(to: #require(run.rates.outputTokens)))
  }

  @Test
  func `requests of one value make no slice, and the run's numbers are the same with slices and without`() throws {
    var alike = Self.records
    for place in alike.indices { alike[place].finishReason = "chat" }
    #expect(try summary(of: alike, by: Self.byClass).slices.isEmpty)
    let with = try summary(of: Self.records, by: Self.byClass)
    let without = try summary(of: Self.records)
    #expect(SummaryJSON(without).members.allSatisfy { $0.key != "slices" })
    #expect(SummaryJSON(with).members.filter { $0.key != "slices" } == SummaryJSON(without).members)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `the order of the records does not matter`(seed: UInt64) throws {
    var random = KnuthGenerator(seed: seed)
    let shuffled = Self.records.shuffled(using: &random)
    func slices(_ records: [RequestRecord]) throws -> JSON? {
      SummaryJSON(try summary(of: records, by: Self.byClass, Self.byStage)).members.last?.value
    }
    #expect(try slices(shuffled) == slices(Self.records))
  }

  @Test
  func `beyond the most slices, the rest is one`() throws {
    var records = (0..<1000).map { RequestRecord.streamed($0, sent: Double($0), tokens: [Double($0) + 5]) }
    for place in records.indices { records[place].finishReason = String(place % 500) }
    let slices = try summary(of: records, by: Self.byClass, Self.byStage).slices
    #expect(slices.count <= RunSlice.most)
    #expect(slices.count > 200)
    #expect(slices.filter { $0.key == "class" }.last?.name == RunSlice.otherName)
    for key in ["class", "stage"] {
      #expect(slices.filter { $0.key == key }.reduce(0) { $0 + $1.counts.total } == 1000)
    }
  }

  @Test
  func `percentiles of a large slice are exact`() throws {
    var records = (0..<24_000).map {
      RequestRecord.streamed($0, sent: Double($0), tokens: [Double($0 + 1 + $0 * 7919 % 24_001)])
    }
    for place in records.indices { records[place].finishReason = place < 23_000 ? "most" : "few" }
    let slice = try #require(try summary(of: records, by: Self.byClass).slices.last)
    #expect(slice.name == "most")
    let times = records.prefix(23_000).compactMap { $0.latency?.inSeconds }.sorted()
    // Nearest rank in whole numbers: a percentile is so many hundredths of a percent.
    for hundredths in [100, 5000, 6600, 9900, 9990, 9999] {
      let rank = (hundredths * 23_000 + 9_999) / 10_000
      #expect(slice.times.latency.percentile(Double(hundredths) / 100) == times[rank - 1])
    }
    #expect(try #require(slice.times.latency.mean).isClose(to: times.reduce(0, +) / 23_000, within: 1e-9))
  }

  @Test
  func `a run is parted by stage, class and turn where its requests differ in them`() throws {
    var records = RequestRecord.closedLoop(parallel: 2, rounds: 20)
    func slices() throws -> [String] {
      try OurDefinition.numbers(of: records).slices.map { "\($0.key) \($0.name): \($0.counts.total)" }
    }
    #expect(try slices() == [])
    for place in records.indices {
      records[place].origin.stage = records[place].index / 30
      records[place].origin.class = records[place].index % 4 == 0 ? "chat" : "batch"
      records[place].origin.turn = records[place].index % 5
    }
    let expected = [
      "stage 0: 30", "stage 1: 10", "class batch: 30", "class chat: 10", "turn 0: 8", "turn 1: 8", "turn 2: 8",
      "turn 3-5: 16",
    ]
    #expect(try slices() == expected)
  }

  @Test
  func `slices stand in the order of their numbers, then of their names, the rest last`() {
    let names = ["other", "10", "2", "b", "3-5", "a", "0"]
    #expect(names.sorted { RunSlice.stands($0, before: $1) } == ["0", "2", "3-5", "10", "a", "b", "other"])
  }

  @Test(arguments: [
    (0, "0"), (2, "2"), (3, "3-5"), (5, "3-5"), (6, "6-10"), (20, "11-20"), (50, "21-50"), (999, "51 and later"),
  ])
  func `later turns share a band`(turn: Int, name: String) {
    #expect(SliceKey.band(ofTurn: turn) == name)
  }

  @Test
  func `the text report has a table for each key, and none without`() throws {
    let run = RunDescription(
      name: "r", configuration: [], model: "m", api: "openai", url: "h", load: .closedLoop(parallel: 5),
      expectedRequests: nil, seed: 1,
      wallClockStart: 0, version: "1", machine: [], arguments: [])
    func text(_ summary: RunSummary) -> String {
      TextReport.render(RunResult(run: run, summary: summary, verdict: Verdict()))
    }
    let with = text(try summary(of: Self.records, by: Self.byClass, Self.byStage))
    #expect(with.contains("\n  By class, times in ms "))
    #expect(with.contains("\n  By stage, times in ms "))
    let without = text(try summary(of: Self.records))
    let tables = with.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("  By class") }
    #expect(!without.contains("  By "))
    #expect(
      tables.prefix(8).map { $0.prefix(8) } == [
        "  By cla", "  batch ", "  chat  ", "", "  By sta", "  0     ", "  1     ", "  2     ",
      ])
  }
}
