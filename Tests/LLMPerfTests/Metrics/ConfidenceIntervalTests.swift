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
  func `takes the mean's interval from Student's t`() throws {
    // scipy.stats.t.interval(0.95, 4, loc=3, scale=scipy.stats.sem([1, 2, 3, 4, 5]))
    let interval = try #require(Distribution([1, 2, 3, 4, 5]).meanInterval())
    #expect(interval.low.isClose(to: 1.036756838522439, within: 1e-9))
    #expect(interval.high.isClose(to: 4.9632431614775605, within: 1e-9))
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
