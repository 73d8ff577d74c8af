import Glibc
import Testing

@testable import LLMPerf

struct DistributionTests {
  /// −0.1 · ln(1 − u) of the generator with seed 7; numpy made the numbers below from the same values.
  private static func exponential(_ count: Int) -> [Double] {
    var random = KnuthGenerator(seed: 7)
    return (0..<count).map { _ in -log(1 - random.nextUnit()) * 0.1 }
  }

  @Test(arguments: [
    (1.0, 1.0), (10, 1), (10.01, 2), (50, 5), (50.1, 6), (66, 7), (75, 8), (90, 9), (95, 10), (99.9, 10), (100, 10),
    (0, 1),
  ])
  func `takes the nearest rank and never interpolates`(p: Double, expected: Double) {
    #expect(Distribution([3, 1, 2, 10, 9, 8, 7, 6, 5, 4]).percentile(p) == expected)
  }

  @Test(arguments: [(99.9, 1000, 999), (99.99, 10_000, 9999), (99, 100, 99), (95, 20, 19), (99.9, 1001, 1000)])
  func `keeps whole ranks whole`(p: Double, count: Int, rank: Int) {
    #expect(Distribution((1...count).map(Double.init)).percentile(p) == Double(rank))
  }

  @Test
  func `agrees with numpy's inverted cdf, mean and standard deviation`() throws {
    let sample = Distribution(Self.exponential(1000))
    #expect(try #require(sample.mean).isClose(to: 0.0950141043726887))
    #expect(try #require(sample.standardDeviation).isClose(to: 0.09596279560666732))
    let expected = [
      (50, 0.06332549659704209), (66, 0.1018385036278896), (90, 0.2208907499029171), (99, 0.4231780538398092),
      (99.9, 0.7247273779208515),
    ]
    for (p, value) in expected { #expect(try #require(sample.percentile(p)).isClose(to: value)) }
  }

  @Test
  func `stays exact when it keeps ranks only`() throws {
    let sample = Distribution(Self.exponential(250_000))
    #expect(!sample.isComplete)
    #expect(sample.count == 250_000)
    #expect(sample.sorted.count == 10_001)
    #expect(try #require(sample.mean).isClose(to: 0.09988756023734824))
    #expect(try #require(sample.standardDeviation).isClose(to: 0.1001299116255934))
    #expect(try #require(sample.min).isClose(to: 8.882842624679527e-07))
    #expect(try #require(sample.max).isClose(to: 1.2146555155005405))
    let expected = [
      (50, 0.06901979840771563), (90, 0.23019798255184332), (99, 0.46287080662652136), (99.9, 0.6920991117069356),
      (99.99, 0.9247535956003095),
    ]
    for (p, value) in expected { #expect(try #require(sample.percentile(p)).isClose(to: value)) }
  }

  @Test
  func `gives every hundredth of a percentile as the full sample does`() {
    let values = (0..<100_003).map { Double($0) }
    let sample = Distribution(values)
    for step in stride(from: 0, through: 10_000, by: 7) {
      let rank = max(1, (step * values.count + 9999) / 10_000)
      #expect(sample.percentile(Double(step) / 100) == values[rank - 1])
    }
  }

  @Test
  func `bounds a rank that is not kept from both sides`() throws {
    let sample = Distribution((1...1_000_000).map(Double.init))
    for rank in [1, 2, 99, 100, 101, 500_050, 999_950, 1_000_000] {
      let above = try #require(sample.value(atRank: rank, roundingUp: true))
      let below = try #require(sample.value(atRank: rank, roundingUp: false))
      #expect(below <= Double(rank) && Double(rank) <= above)
      #expect(above - below <= 100)
    }
  }

  @Test
  func `has no percentile where failures stand`() {
    let sample = Distribution([1, 2, 3, .infinity])
    #expect(sample.infiniteCount == 1)
    #expect(sample.percentile(75) == 3)
    #expect(sample.percentile(76) == nil)
    #expect(sample.max == nil)
    #expect(sample.mean == nil)
    #expect([0, 25, 50, 75, 100].map(sample.percentile) == [1, 1, 2, 3, nil])
  }

  @Test(arguments: [(90.0, 10), (95, 20), (99, 100), (99.9, 1000)])
  func `says when there are too few values`(p: Double, enough: Int) {
    #expect(!Distribution(Array(repeating: 1, count: enough)).hasTooFew(for: p))
    #expect(Distribution(Array(repeating: 1, count: enough - 1)).hasTooFew(for: p))
  }

  @Test
  func `knows nothing of an empty sample`() {
    let sample = Distribution()
    #expect(sample.isEmpty)
    #expect(sample.percentile(50) == nil)
    #expect(sample.mean == nil)
    #expect(sample.min == nil)
    #expect([0, 100].map(sample.percentile) == [nil, nil])
    #expect(Distribution(LogLinearHistogram()) == sample)
  }
}
