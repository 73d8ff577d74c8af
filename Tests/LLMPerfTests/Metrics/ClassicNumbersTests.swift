import Testing

@testable import LLMPerf

/// The original's sample output: 10 requests in 39.07 s with QPS 0.256 and 0.04289 s per output token, so 911 tokens.
struct ClassicNumbersTests {
  private let classic: ClassicNumbers

  init() throws {
    // One after the other, 3.907 s each; outputs of 91 tokens, one of 92.
    let records = (0..<10).map { index -> RequestRecord in
      let sent = Double(index) * 3907
      let tokens = [sent + 100 + Double(index), sent + 3000, sent + 3907]
      return .streamed(index, sent: sent, tokens: tokens, output: index == 9 ? 92 : 91)
    }
    classic = try summary(of: records).classic
  }

  @Test
  func `gives the sample's numbers`() throws {
    #expect(NumberText.fixed(classic.timeTaken, digits: 3) == "39.070")
    #expect(NumberText.fixed(classic.queriesPerSecond, digits: 3) == "0.256")
    #expect(NumberText.fixed(classic.timePerOutputToken, digits: 5) == "0.04289")
    #expect(NumberText.fixed(classic.outputTokenThroughput, digits: 3) == "23.317")
    #expect(NumberText.fixed(classic.averageLatency, digits: 3) == "3.907")
  }

  @Test
  func `takes the percentile at index floor(n·p÷100)`() {
    // Of ten values p50 is the sixth, and p90 to p99 are the largest.
    let expected = [104, 105, 106, 107, 108, 108, 108, 108].map { Double($0) / 1000 }
    let firsts = classic.firstChunkPercentiles
    #expect(firsts.count == 8)
    for (actual, value) in zip(firsts, expected) { #expect(actual.isClose(to: value, within: 1e-9)) }
  }
}
