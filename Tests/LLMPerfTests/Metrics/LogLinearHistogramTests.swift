import Testing

@testable import LLMPerf

struct LogLinearHistogramTests {
  @Test
  func `is off by a thousandth at most, over twelve decades`() throws {
    var random = KnuthGenerator(seed: 5)
    let values = (0..<20_000).map { _ in Int64(1) << (random.next() >> 58 % 40) + Int64(random.next() >> 40) }
    var histogram = LogLinearHistogram()
    for value in values { histogram.add(value) }
    let exact = Distribution(values.map { Double($0) / 1e9 })
    let pooled = Distribution(histogram)
    #expect(pooled.relativeError <= 0.001)
    for p in stride(from: 0.5, through: 99.5, by: 0.5) {
      let error = try #require(pooled.percentile(p)) / #require(exact.percentile(p)) - 1
      #expect(abs(error) <= pooled.relativeError)
    }
    #expect(pooled.min == exact.min)
    #expect(pooled.max == exact.max)
    #expect(try #require(pooled.mean).isClose(to: #require(exact.mean)))
    #expect(try #require(pooled.standardDeviation).isClose(to: #require(exact.standardDeviation), within: 1e-9))
  }

  @Test
  func `counts zeros exactly and weights as repetitions`() {
    var histogram = LogLinearHistogram()
    histogram.add(0, weight: 3)
    histogram.add(1_000_000, weight: 2)
    histogram.add(-5)
    #expect(histogram.count == 6)
    #expect(histogram.zeroCount == 4)
    #expect(histogram.value(atRank: 4) == 0)
    #expect(histogram.value(atRank: 6) == 1_000_000)
    #expect(histogram.mean == 2_000_000.0 / 6)
  }

  @Test
  func `takes gaps as it takes single values, and adds histograms`() {
    let times = [0, 5, 5, 17, 1_000_000].map { RunInstant(nanoseconds: $0) }
    var gaps = LogLinearHistogram()
    #expect(gaps.addGaps(of: times) == 999_983)
    var single = LogLinearHistogram()
    for gap in [5, 0, 12, 999_983] as [Int64] { single.add(gap) }
    #expect(gaps == single)
    var sum = LogLinearHistogram()
    sum.add(gaps)
    #expect(sum == gaps)
    #expect(gaps.addGaps(of: [times[0]]) == 0)
    #expect(gaps == single)
  }
}
