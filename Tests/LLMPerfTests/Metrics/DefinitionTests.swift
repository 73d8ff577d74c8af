import Testing

@testable import LLMPerf

struct DefinitionTests {
  private static let records = RequestRecord.closedLoop(parallel: 4, rounds: 30, failing: 11)

  @Test
  func `a run's numbers are those of its records by each definition`() throws {
    let summary = try summary(of: Self.records)
    let ours = try OurDefinition.numbers(of: Self.records)
    #expect(SummaryJSON(ours).members == SummaryJSON(summary).members)
    #expect(ClassicDefinition.numbers(of: Self.records.reversed()) == summary.classic)
  }

  @Test
  func `warm-up and what did not end by itself are in no classic number`() {
    var records = Self.records
    var warmup = RequestRecord.streamed(500, sent: -900, tokens: [-100, -50])
    warmup.phase = .warmup
    var cut = RequestRecord.streamed(501, sent: 1, tokens: [2, 90_000])
    cut.ending = .cut(by: .endOfRun)
    records += [warmup, cut]
    #expect(ClassicDefinition.numbers(of: records) == ClassicDefinition.numbers(of: Self.records))
  }

  /// Ten values: nearest rank takes the fifth for p50, the original the sixth, and the largest for p99 both.
  @Test
  func `each definition has its own rule for percentiles`() {
    let sample = (1...10).map(Double.init)
    #expect([50, 90, 99].map { OurDefinition.percentile($0, of: sample) } == [5, 9, 10])
    #expect([50, 90, 99].map { ClassicDefinition.percentile($0, of: sample) } == [6, 10, 10])
    #expect(ClassicDefinition.percentile(50, of: Array(sample.prefix(8))) == nil)
    #expect(ClassicDefinition.percentile(100, of: sample) == nil)
    #expect(OurDefinition.percentile(50, of: []) == nil)
    #expect(OurDefinition.percentile(99, of: [1, .infinity]) == nil)
  }
}
