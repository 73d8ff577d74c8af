import Testing

@testable import LLMPerf

struct TokenTallyTests {
  private func record(usage: Int?, counted: Int?) -> RequestRecord {
    var record = RequestRecord.streamed(0, sent: 0, tokens: [5])
    record.usage = TokenUsage(input: usage.map { _ in 4 }, output: usage)
    record.counted = TokenUsage(input: counted.map { _ in 5 }, output: counted)
    return record
  }

  @Test(
    arguments: [
      ([(3, nil), (5, nil)], TokenSource.usage, 8),
      ([(3, 4), (5, 6)], .usage, 8),
      ([(3, 4), (nil, 6)], .tokenizer, 10),
      ([(3, nil), (nil, 6)], .none, nil),
      ([(nil, nil)], .none, nil),
    ] as [([(Int?, Int?)], TokenSource, Int?)])
  func `goes by one source for the whole run`(counts: [(Int?, Int?)], source: TokenSource, output: Int?) throws {
    let summary = try summary(of: counts.map { record(usage: $0.0, counted: $0.1) })
    #expect(summary.tokens.source == source)
    #expect(summary.tokens.totalOutput == output)
    #expect(summary.tokens.outputPerRequest.count == (source == .none ? 0 : counts.count))
  }

  @Test
  func `ignores what failures report`() throws {
    var failure = record(usage: nil, counted: nil)
    failure.ending = .failure(RequestFailure(.truncated, "cut"))
    let summary = try summary(of: [record(usage: 3, counted: nil), failure])
    #expect(summary.tokens.source == .usage)
    #expect(summary.tokens.totalOutput == 3)
  }

  @Test
  func `holds both counts against each other where both exist`() throws {
    let summary = try summary(of: [
      record(usage: 10, counted: 11), record(usage: 30, counted: 25), record(usage: 5, counted: nil),
    ])
    #expect(summary.tokens.disagreement == 0.1)
    #expect(summary.tokens.requestsWithBothCounts == 2)
    #expect(summary.tokens.usageOutput == 45)
    #expect(summary.tokens.countedOutput == 36)
  }

  @Test
  func `goes by the prompts where there is no output`() throws {
    var record = record(usage: nil, counted: nil)
    record.usage.input = 12
    record.inputCount = 2
    let summary = try summary(of: [record])
    #expect(summary.tokens.source == .usage)
    #expect(summary.tokens.totalInput == 12)
    #expect(summary.tokens.totalOutput == nil)
    #expect(try #require(summary.rates.inputs).isClose(to: 2 / 0.005))
  }

  @Test
  func `leaves out sums, and says so, when a few answers have no count`() throws {
    let records = (0..<100).map { record(usage: $0 == 7 ? nil : 4, counted: nil) }
    let summary = try summary(of: records)
    #expect(summary.tokens.source == .usage)
    #expect(summary.tokens.outputPerRequest.count == 99)
    #expect(summary.tokens.outputPerRequest.mean == 4)
    #expect(summary.tokens.totalOutput == nil && summary.tokens.totalInput == nil)
    #expect(summary.rates.outputTokens == nil && summary.rates.allTokens == nil)
    #expect(summary.timeline.buckets.allSatisfy { $0.outputTokens == nil })
    let sentence = try #require(TokenCoverage(summary).sentence)
    #expect(sentence.hasPrefix("1 of 100 successes have no token count by the service"))
    #expect(Verdict(summary).reasons.contains { $0.code == "token-counts-missing" && $0.level == .valid })
  }

  @Test
  func `has no numbers of tokens, and says so, when many answers have no count`() throws {
    let summary = try summary(of: (0..<100).map { record(usage: $0 < 50 ? nil : 4, counted: nil) })
    #expect(summary.tokens.source == .none)
    #expect(summary.tokens.outputPerRequest.isEmpty)
    #expect(TokenCoverage(summary).sentence?.contains("numbers of tokens are left out") == true)
  }

  @Test
  func `sums of the largest counts do not overflow`() throws {
    let largest = TokenUsage.largestCount
    let records = (0..<3000).map { index in
      var record = RequestRecord.streamed(index, sent: 0, tokens: [5, 6, 90_000])
      record.usage = TokenUsage(input: largest, output: largest, reasoning: largest, cached: largest)
      record.counted = record.usage
      record.tokensPerEvent = [largest, largest, largest]
      record.promptLength = .max
      record.inputCount = .max
      record.eventCount = .max
      return record
    }
    let summary = try summary(of: records)
    #expect(summary.tokens.outputPerRequest.mean == Double(largest))
    #expect(summary.tokens.totalOutput == nil)
    #expect(summary.tokens.disagreement == 0)
    #expect(summary.prompts.meanLength?.isClose(to: 0x1p63) == true)
    #expect(summary.events.meanPerRequest?.isClose(to: 0x1p63) == true)
  }
}
