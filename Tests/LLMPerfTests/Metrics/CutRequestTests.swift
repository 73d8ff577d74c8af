import LLMPerf
import Testing

/// Requests that the end of the run cut; milliseconds.
struct CutRequestTests {
  /// A streamed request that was cut at `end`.
  private static func cut(
    _ index: Int, due: Double? = nil, sent: Double, tokens: [Double] = [], end: Double
  ) -> RequestRecord {
    var record = RequestRecord.streamed(index, due: due, sent: sent, tokens: tokens, end: end)
    record.ending = .cut(by: .endOfRun)
    return record
  }

  private static let successes = (0..<4).map { place in
    RequestRecord.streamed(place, sent: Double(place) * 10, tokens: [100, 110].map { $0 + Double(place) * 10 })
  }

  @Test
  func `a cut request is counted, and neither a success nor a failure`() throws {
    let summary = try summary(
      of: Self.successes + [.failed(4, sent: 20, end: 90), Self.cut(5, sent: 30, tokens: [130], end: 900)])
    #expect(summary.counts.total == 5)
    #expect(summary.counts.failed == 1)
    #expect(summary.counts.cut == 1)
    #expect(summary.counts.scheduled == 6)
    #expect(summary.counts.errorRate == 0.2)
    #expect(summary.failures.map(\.code) == [.reset])
    #expect(summary.times.latency.count == 4)
    #expect(summary.times.timeToFirstToken.count == 4)
    #expect(summary.times.latencyWithFailures.count == 5)
  }

  @Test
  func `the wait for the end of cut requests is in no run time, and the time before it is`() throws {
    let records = Self.successes + [Self.cut(4, sent: 30, end: 30_200)]
    // The last answer ends after 140 ms; the cut one was under way until sending ended.
    let ended = try summary(of: records, SummaryOptions(sendingEnded: .milliseconds(200)))
    #expect(ended.runTime == 0.2)
    #expect(ended.rates.requests == 20)
    #expect(ended.sendingEnded == 0.2)
    let drained = try summary(of: records, SummaryOptions(sendingEnded: .milliseconds(50)))
    #expect(drained.runTime == 0.14)
    // Nothing ended: the time until sending ended is what there is.
    let nothing = try summary(of: [Self.cut(0, sent: 10, end: 900)], SummaryOptions(sendingEnded: .milliseconds(110)))
    #expect(nothing.runTime == 0.1)
    #expect(nothing.counts.total == 0)
  }

  @Test
  func `cut requests were in flight`() throws {
    let cuts = (4..<9).map { Self.cut($0, sent: 200, end: 900) }
    #expect(try summary(of: Self.successes + cuts).inFlight.peak == 5)
    #expect(try summary(of: cuts).inFlight.peak == 5)
  }

  @Test
  func `where requests wait for a place for ever, the rate of sending falls until sending ends`() throws {
    // Two left, at 0 and 100 ms; of the others none did until sending ended after 10 s.
    let records = [Self.cut(0, sent: 0, end: 10_500), Self.cut(1, sent: 100, end: 10_500)]
    let options = SummaryOptions(
      isOpenLoop: true, neverSentRequests: 98, sendingEnded: .milliseconds(10_000), maxInFlight: 2)
    #expect(try summary(of: records, options).rates.achieved == 0.1)
    let all = SummaryOptions(isOpenLoop: true, sendingEnded: .milliseconds(10_000))
    #expect(try summary(of: records, all).rates.achieved == 10)
  }

  /// An objective, a cut request sent at 1000 and due at 900, and whether its limit had passed at the cut.
  struct Case: Sendable {
    let objective: String
    let tokens: [Double]
    let end: Double
    let isMissed: Bool

    init(_ objective: String, _ tokens: [Double], cutAt end: Double, missed: Bool) {
      (self.objective, self.tokens, self.end, isMissed) = (objective, tokens, end, missed)
    }
  }

  private static let cases = [
    Case("ttft:200ms", [], cutAt: 1150, missed: false),
    Case("ttft:200ms", [], cutAt: 1201, missed: true),
    // The first token came in time, and then late.
    Case("ttft:200ms", [1100], cutAt: 9000, missed: false),
    Case("ttft:200ms", [1300], cutAt: 9000, missed: true),
    Case("latency:2s", [1100, 2900], cutAt: 2950, missed: false),
    Case("latency:2s", [1100, 2900], cutAt: 3001, missed: true),
    Case("response-time:2s", [1100], cutAt: 2899, missed: false),
    Case("response-time:2s", [1100], cutAt: 2901, missed: true),
    Case("scheduled-ttft:200ms", [], cutAt: 1099, missed: false),
    Case("scheduled-ttft:200ms", [], cutAt: 1101, missed: true),
    Case("max-stall:50ms", [1100, 1140], cutAt: 1180, missed: false),
    Case("max-stall:50ms", [1100, 1160], cutAt: 1170, missed: true),
    // The silence before the cut was too long already.
    Case("max-stall:50ms", [1100], cutAt: 1151, missed: true),
    // A mean may still have come right.
    Case("tpot:1ms", [1100, 1500], cutAt: 1600, missed: false),
    Case("itl:1ms", [1100, 1500], cutAt: 1600, missed: false),
  ]

  @Test(arguments: Self.cases)
  func `a cut request misses an objective when its limit had passed, else it is out of the count`(item: Case) throws {
    let good = RequestRecord.streamed(0, sent: 1000, tokens: [1001, 1001.5], output: 3)
    let records = [good, Self.cut(1, due: 900, sent: 1000, tokens: item.tokens, end: item.end)]
    let objective = try ServiceLevelObjective(parsing: item.objective)
    let summary = try summary(of: records, objectives: [objective], SummaryOptions(isOpenLoop: true))
    #expect(summary.objectives.attainment == (item.isMissed ? 0.5 : 1))
    #expect(summary.objectives.each.first?.attainment == (item.isMissed ? 0.5 : 1))
  }

  @Test(arguments: [(1, Verdict.Level.valid), (8, .suspect)])
  func `many cut requests make a run suspect, a few are noted`(count: Int, level: Verdict.Level) throws {
    let records = RequestRecord.closedLoop(parallel: 4, rounds: 10)
    let cuts = (0..<count).map { Self.cut(100 + $0, sent: 10, end: 5000) }
    let verdict = Verdict(try summary(of: records + cuts))
    let reason = try #require(verdict.reasons.first { $0.code == "cut-requests" })
    #expect(reason.level == level)
  }
}
