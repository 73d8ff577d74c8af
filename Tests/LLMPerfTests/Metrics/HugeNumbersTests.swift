import LLMPerf
import Testing

/// Records at the ends of what a database or a service may tell: sums of them must not end the process.
struct HugeNumbersTests {
  private static let most = 1 << 53

  @Test
  func `sums of the largest counts and times are added up without a trap`() throws {
    let builder = SummaryBuilder()
    for index in 0..<1100 {
      var record = RequestRecord(index: index, dueAt: RunInstant(nanoseconds: -RunInstant.farthest))
      let times = [-RunInstant.farthest, RunInstant.farthest, RunInstant.farthest].map(RunInstant.init(nanoseconds:))
      record.sentAt = times[0]
      record.firstTokenAt = times[0]
      record.firstEventAt = times[0]
      record.eventBeforeLastAt = times[1]
      record.lastEventAt = times[2]
      record.lastTokenAt = times[2]
      record.endedAt = times[2]
      record.isStreamed = true
      record.status = 200
      record.kernelStamped = true
      record.tokenEventTimes = times
      record.tokensPerEvent = [Self.most, 1, Self.most]
      record.usage = TokenUsage(input: Self.most, output: Self.most, reasoning: Self.most, cached: Self.most)
      record.counted = TokenUsage(input: Self.most, output: Self.most)
      record.eventCount = Self.most
      record.promptLength = Self.most
      record.inputCount = Self.most
      builder.receive([record])
    }
    let summary = try builder.summary(SummaryOptions(isOpenLoop: true, neverSentRequests: Self.most))
    #expect(summary.counts.total == 1100)
    // A sum that no Int holds is none.
    #expect(summary.tokens.usageOutput == nil)
    let result = RunResult(run: .huge, summary: summary, verdict: Verdict(summary))
    #expect(TextReport.render(result).contains("Total requests: 1100"))
    #expect(JSONReport.make(result)["requests"]?["total"]?.intValue == 1100)
  }
}

extension RunDescription {
  fileprivate static let huge = RunDescription(
    name: "huge", configuration: [], model: "m", api: "openai", url: "http://host", load: .openLoop(.poisson(rate: 5)),
    expectedRequests: .max, seed: .max, wallClockStart: 0, version: "1", machine: [], arguments: [])
}
