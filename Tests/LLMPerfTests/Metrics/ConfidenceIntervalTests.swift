import Glibc
import Testing

@testable import LLMPerf

struct ConfidenceIntervalTests {
  /// Quantiles as scipy.stats.t.ppf gives them.
  @Test(arguments: [
    (1.0, 0.975, 12.7062047362), (2, 0.975, 4.3026527297), (9.5, 0.975, 2.2441374615), (29, 0.975, 2.0452296421),
    (1e5, 0.975, 1.9599877075), (4, 0.995, 4.604094871349992),
  ])
  func `knows Student's t`(degrees: Double, level: Double, expected: Double) {
    #expect(StudentT(degreesOfFreedom: degrees).quantile(level).isClose(to: expected, within: 1e-9))
  }

  /// Ranks as scipy.stats.binom.ppf gives them for 2.5 % and 97.5 %, the upper one plus one.
  @Test(arguments: [
    (200, 50.0, 86, 115), (500, 99, 490, 500), (368, 99, 360, 368), (1000, 50, 469, 532), (20_000, 99, 19_772, 19_828),
    (10, 50, 2, 9), (100_000, 99.9, 99_880, 99_920),
  ])
  func `bounds percentiles by order statistics`(count: Int, p: Double, low: Int, high: Int) {
    let sample = Distribution((1...count).map(Double.init))
    #expect(sample.percentileInterval(p) == ConfidenceInterval(low: Double(low), high: Double(high)))
  }

  @Test
  func `gives no interval where the sample cannot bound the percentile`() {
    #expect(Distribution((1...367).map(Double.init)).percentileInterval(99) == nil)
    #expect(Distribution([1]).percentileInterval(50) == nil)
    let failing = Distribution((1...990).map(Double.init) + Array(repeating: .infinity, count: 10))
    #expect(failing.percentileInterval(99) == nil)
    #expect(failing.percentileInterval(50) != nil)
  }

  @Test
  func `takes the mean's interval from Student's t of its logarithm`() throws {
    // x = range(1, 21); h = scipy.stats.t.ppf(0.975, 19) * scipy.stats.sem(x) / 10.5; 10.5 * numpy.exp([-h, h])
    let interval = try #require(Distribution((1...20).map(Double.init)).meanInterval())
    #expect(interval.low.isClose(to: 8.066171937809285, within: 1e-9))
    #expect(interval.high.isClose(to: 13.668193642540071, within: 1e-9))
  }

  @Test
  func `gives no interval of the mean for few values, or for as many that say no more than few`() {
    #expect(Distribution((1...19).map(Double.init)).meanInterval() == nil)
    #expect(Distribution((1...500).map(Double.init)).meanInterval(effectiveCount: 19.9) == nil)
    #expect(Distribution(Array(repeating: 0, count: 50)).meanInterval() == nil)
  }

  /// Values as services give them, with their true mean, and how often at least an interval of 95 % must hold it. Of very
  /// skewed ones some samples lack the slowest values, and no method knows of those.
  private static let populations:
    [(name: String, mean: Double, least: Double, draw: @Sendable (inout KnuthGenerator) -> Double)] = [
      ("even", 0.5, 0.93, { $0.nextUnit() }),
      ("exponential", 1, 0.92, { -log(1 - $0.nextUnit()) }),
      ("log-normal", exp(0.125), 0.92, { exp(0.5 * normal(&$0)) }),
      ("skewed log-normal", exp(0.5), 0.87, { exp(normal(&$0)) }),
      ("two modes", 0.28, 0.88, { $0.nextUnit() < 0.2 ? 1 : 0.1 }),
    ]

  private static func normal(_ random: inout KnuthGenerator) -> Double {
    (-2 * log(1 - random.nextUnit())).squareRoot() * cos(2 * .pi * random.nextUnit())
  }

  @Test(arguments: [20, 30, 100])
  func `holds the true mean about as often as it says, and never reaches below zero`(count: Int) throws {
    for population in Self.populations {
      var random = KnuthGenerator(seed: 5)
      var hits = 0
      for _ in 0..<1000 {
        let sample = Distribution((0..<count).map { _ in population.draw(&random) })
        let interval = try #require(sample.meanInterval())
        #expect(interval.low > 0)
        if interval.low <= population.mean, population.mean <= interval.high { hits += 1 }
      }
      #expect(Double(hits) / 1000 >= population.least, "\(population.name), \(count): \(hits)")
    }
  }

  @Test
  func `counts correlated values as fewer`() {
    // x ← 0.8 x + u − 0.5, 2,000 values; numpy gives the same sum of autocorrelations. Of an endless series it is 9.
    var random = KnuthGenerator(seed: 3)
    var value = 0.0
    let series = (0..<2000).map { _ in
      value = 0.8 * value + (random.nextUnit() - 0.5)
      return value
    }
    #expect(correlationTime(of: series).isClose(to: 8.273224607979403, within: 1e-9))
    let sample = Distribution(series.map { $0 + 10 })
    let naive = sample.percentileInterval(50)
    let honest = sample.percentileInterval(50, series: series.map { $0 + 10 })
    #expect((honest?.high ?? 0) - (honest?.low ?? 0) > 1.5 * ((naive?.high ?? 0) - (naive?.low ?? 0)))
  }

  @Test
  func `takes independent values for independent`() {
    var random = KnuthGenerator(seed: 11)
    let series = (0..<5000).map { _ in random.nextUnit() }
    #expect(correlationTime(of: series) < 1.3)
    #expect(correlationTime(of: [1, 2, 3]) == 1)
    #expect(correlationTime(of: Array(repeating: 2.5, count: 50)) == 1)
  }
}
