import Testing

@testable import LLMPerf

struct RunComparisonTests {
  @Test(arguments: [0.0, 0.8])
  func `calls equal runs different no oftener than its level says`(memory: Double) throws {
    var found = 0
    for pair in 0..<100 {
      let seed = UInt64(pair) * 1000
      let comparison = try RunComparison([
        SimulatedRun(count: 120, seed: seed, memory: memory).comparable,
        SimulatedRun(count: 120, seed: seed + 1, memory: memory).comparable,
      ])
      if comparison.foundDifference { found += 1 }
    }
    // With a level of 5 %, more than 11 of 100 come with a probability of 0.4 %.
    #expect(found <= 11, "found \(found)")
  }

  @Test func `would be fooled by dependent requests without its correction`() throws {
    var found = 0
    for pair in 0..<50 {
      let seed = UInt64(pair) * 1000
      let a = SimulatedRun(seed: seed, memory: 0.8).comparable.columns[.latency] ?? []
      let b = SimulatedRun(seed: seed + 1, memory: 0.8).comparable.columns[.latency] ?? []
      if MannWhitneyTest(a, b).pValue < 0.05 { found += 1 }
    }
    #expect(found > 12, "found \(found)")
  }

  @Test(arguments: [0.0, 0.8])
  func `finds a known shift`(memory: Double) throws {
    var found = 0
    var covered = 0
    var tokensDiffer = 0
    for pair in 0..<10 {
      let seed = UInt64(pair) * 1000
      let comparison = try RunComparison([
        SimulatedRun(count: 400, seed: seed, memory: memory).comparable,
        SimulatedRun(count: 400, seed: seed + 1, memory: memory, slowdown: 1.2).comparable,
      ])
      let ttft = try #require(comparison.metrics.first { $0.metric == .timeToFirstToken }?.differences.first)
      if ttft.isDifferent, ttft.superiority > 0.5 { found += 1 }
      if let interval = ttft.interval, interval.contains(0.2 * 0.2) { covered += 1 }
      let tokens = try #require(comparison.metrics.first { $0.metric == .outputTokens }?.differences.first)
      if tokens.isDifferent { tokensDiffer += 1 }
    }
    #expect(found >= 9, "found \(found) of 10")
    #expect(covered >= 8, "covered \(covered) of 10")
    #expect(tokensDiffer <= 2, "as many tokens in both, called different \(tokensDiffer) times of 10")
  }

  @Test func `finds more failures`() throws {
    let comparison = try RunComparison([
      SimulatedRun(seed: 1).comparable, SimulatedRun(seed: 2, failureShare: 0.1).comparable,
    ])
    let failures = try #require(comparison.metrics.first { $0.metric == .failed }?.differences.first)
    #expect(failures.isDifferent)
    #expect(ComparisonText.outcome(failures, .failed) == "more failures")
    let interval = try #require(failures.interval)
    #expect(interval.contains(0.09))
    #expect(interval.lowerBound > 0)
  }

  @Test func `covers the true difference of percentiles`() throws {
    // The 90th percentile of a uniform sample on 0...1 is 0.9, of one on 0...2 it is 1.8.
    var generator = SplitMix64(seed: 5)
    var covered = 0
    for _ in 0..<100 {
      let a = try #require(SampleInterval.percentile(90, of: (0..<200).map { _ in generator.nextUnit() }))
      let b = try #require(SampleInterval.percentile(90, of: (0..<200).map { _ in 2 * generator.nextUnit() }))
      if SampleInterval.difference(a, b).range.contains(0.9) { covered += 1 }
    }
    #expect((88...100).contains(covered), "covered \(covered)")
  }

  @Test func `compares every run with the first`() throws {
    let comparison = try RunComparison([
      SimulatedRun(seed: 1).comparable, SimulatedRun(seed: 2).comparable,
      SimulatedRun(seed: 3, slowdown: 1.5).comparable,
    ])
    let latency = try #require(comparison.metrics.first { $0.metric == .latency })
    #expect(latency.values.count == 3)
    #expect(latency.differences.map(\.isDifferent) == [false, true])
    #expect(comparison.labels == ["run (1)", "run (2)", "run (3)"])
    let text = ComparisonTextReport.render(comparison)
    #expect(text.contains("slower"))
    let json = try JSON(parsing: ComparisonJSONReport.render(comparison))
    #expect(json["metrics"]?["latency"]?["differences"]?[1]?["different"] == true)
  }

  @Test(
    arguments: [
      (Int?.some(4), [], false), (nil, [("rate", 10)], true), (nil, [("rate", -1)], false),
      (4, [("dataset", "own.py")], true),
    ] as [(Int?, [(String, JSON)], Bool)])
  func `seeds differ where something was drawn from them`(
    parallel: Int?, configuration: [(String, JSON)], matters: Bool
  ) throws {
    var runs = [SimulatedRun(seed: 1).comparable, SimulatedRun(seed: 2).comparable]
    for place in runs.indices {
      let rate = configuration.first { $0.0 == "rate" }?.1.doubleValue
      let arrivals = rate.flatMap { ArrivalProcesses.make(rate: $0) }
      runs[place].result.run.load =
        parallel.map { .closedLoop(parallel: $0) } ?? Load(.openLoop(ArrivalStages(arrivals.map { [.init($0)] } ?? [])))
      runs[place].result.run.configuration = configuration.map { (name: $0.0, value: $0.1) }
      runs[place].result.run.seed = UInt64(place)
    }
    let comparison = try RunComparison(runs)
    #expect(comparison.configuration.contains { $0.name == "seed" } == matters)
    #expect(comparison.warnings.contains { $0.contains("the seeds differ") } == matters)
  }

  @Test func `puts configuration differences first and warns of what does not compare`() throws {
    var a = SimulatedRun(seed: 1).comparable
    var b = SimulatedRun(seed: 2).comparable
    a.result.run.configuration = [("dataset", "openqa"), ("rate", 10), ("number", 300)]
    b.result.run.configuration = [("dataset", "longalpaca"), ("rate", 10), ("number", 300)]
    b.result.run.model = "other"
    b.result.run.seed = 2
    b.result.summary.tokens.source = .tokenizer
    b.result.verdict = Verdict(reasons: [Verdict.Reason(.invalid, code: "client", "the client was too slow")])
    let comparison = try RunComparison([a, b])
    #expect(comparison.configuration.map(\.name) == ["model", "seed", "dataset"])
    let text = ComparisonTextReport.render(comparison)
    for words in [
      "the models differ", "the prompts come from different data", "the seeds differ",
      "run (2) is INVALID: the client was",
      "tokens were counted differently (usage / tokenizer)",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!text.contains("the load differs"))
  }

  @Test func `takes where results go for no difference of the test`() throws {
    var a = SimulatedRun(seed: 1).comparable
    var b = SimulatedRun(seed: 1).comparable
    a.result.run.configuration = [("quiet", true), ("headers", .array([])), ("wandb-mode", .null), ("number", 300)]
    b.result.run.configuration = [
      ("quiet", false), ("output-html", "b.html"), ("wandb-mode", "online"), ("number", 300),
    ]
    #expect(try RunComparison([a, b]).configuration.isEmpty)
    #expect(try RunComparison([a, b]).warnings.contains("run (1) and run (2) are one and the same run"))
    b.result.run.wallClockStart += 1
    #expect(try !RunComparison([a, b]).warnings.contains { $0.contains("one and the same") })
  }

  @Test func `keeps its intervals at 95 % whatever the level`() throws {
    let runs = [SimulatedRun(seed: 1).comparable, SimulatedRun(seed: 2, slowdown: 1.2).comparable]
    let intervals = try [0.05, 0.001].map { level in
      try RunComparison(runs, level: level).metrics.map { $0.differences[0].interval }
    }
    #expect(intervals[0] == intervals[1])
  }

  @Test func `warns when a cache answered more of the prompts in one run`() throws {
    var a = SimulatedRun(seed: 1).comparable
    var b = SimulatedRun(seed: 2).comparable
    for (cached, isWarned) in [(20, false), (900, true)] {
      (a.result.summary.tokens.totalInput, a.result.summary.tokens.totalCached) = (1000, 10)
      (b.result.summary.tokens.totalInput, b.result.summary.tokens.totalCached) = (1000, cached)
      #expect(try RunComparison([a, b]).warnings.contains { $0.contains("cache (1 % / 90 %)") } == isWarned)
      b.result.summary.tokens.totalCached = nil
      #expect(try !RunComparison([a, b]).warnings.contains { $0.contains("cache") })
    }
  }

  @Test func `writes long values below one another`() throws {
    var a = SimulatedRun(seed: 1).comparable
    var b = SimulatedRun(seed: 2).comparable
    a.result.run.url = "http://a.example/" + String(repeating: "x", count: 90)
    b.result.run.url = "http://b.example/"
    let text = ComparisonTextReport.render(try RunComparison([a, b]))
    #expect(text.contains("\n  url\n    run (1)  http://a.example/xxx"))
    #expect(text.contains("\n    run (2)  http://b.example/\n"))
  }

  @Test func `needs two runs`() {
    #expect(throws: UsageError.self) { try RunComparison([SimulatedRun(seed: 1).comparable]) }
  }

  @Test func `compares runs without a success`() throws {
    let comparison = try RunComparison([
      SimulatedRun(seed: 1).comparable, SimulatedRun(count: 30, seed: 2, failureShare: 1).comparable,
      SimulatedRun(count: 0, seed: 2).comparable,
    ])
    #expect(comparison.foundDifference, "all failed")
    #expect(ComparisonTextReport.render(comparison).contains("run (2) has no successful request"))
    let untested = try RunComparison([SimulatedRun(seed: 1).comparable, SimulatedRun(count: 0, seed: 2).comparable])
    let text = ComparisonTextReport.render(untested)
    #expect(text.contains("run (2) has no successful request") && !text.contains("run (1) has no successful request"))
    #expect(text.contains("Nothing could be tested"))
  }

  @Test
  func `what the end of the run cut is in no error rate`() {
    var row = ReportRow(index: 0, due: 0)
    #expect(ComparedMetric.failed.value(of: row) == 0)
    row.ending = .cut(by: .endOfRun)
    #expect(ComparedMetric.failed.value(of: row) == nil)
    row.ending = .failure(RequestFailure(.reset, "gone"))
    #expect(ComparedMetric.failed.value(of: row) == 1)
  }
}
