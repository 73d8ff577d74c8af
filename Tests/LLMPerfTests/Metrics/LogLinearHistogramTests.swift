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
  func `with five bits, lower ends are at most a thirty-second below the exact percentiles, and counts are whole`() {
    var histogram = LogLinearHistogram(bits: 5)
    var generator = SplitMix64(seed: 3)
    let values = (0..<5000).map { _ in Int64(generator.next() >> (generator.next() % 40 + 20)) }
    for value in values { histogram.add(value) }
    let sorted = values.sorted()
    for percent in [1.0, 50, 90, 99, 99.9, 100] {
      let exact = Double(sorted[Int((percent / 100 * 5000).rounded(.up)) - 1])
      let estimate = histogram.percentile(percent, as: .lowerEnd) ?? -1
      #expect(estimate <= exact && estimate >= exact * (1 - 1.0 / 32) - 1)
    }
    #expect(histogram.largest == sorted.last)
    #expect(histogram.total == values.reduce(0) { $0 + Double($1) })
    #expect(histogram.count(upTo: .max / 4) == 5000)
    #expect(histogram.count(upTo: 0) == values.count { $0 == 0 })
    #expect(LogLinearHistogram(bits: 5).percentile(99) == nil)
  }

  @Test(arguments: [1, 33, 1000, 123_456_789, Int64.max])
  func `a single value is every percentile, at whichever end of its bucket`(value: Int64) {
    var histogram = LogLinearHistogram(bits: 3)
    histogram.add(value)
    for place in [LogLinearHistogram.Place.lowerEnd, .middle, .upperEnd] {
      #expect(histogram.percentile(50, as: place) == Double(value))
    }
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
