import Testing

@testable import LLMPerf

/// Expected values are those of `scipy.stats.mannwhitneyu` 1.17.1, two-sided.
struct MannWhitneyTestTests {
  @Test func `is exact for small samples without ties`() {
    let apart = MannWhitneyTest([1.1, 2.2, 3.3], [4.4, 5.5, 6.6, 7.7])
    #expect(apart.u == 0)
    #expect(abs(apart.pValue - 0.05714285714285714) < 1e-12)
    #expect(apart.superiority == 1)
    let mixed = MannWhitneyTest([0.3, 1.9, 2.7, 8.1, 9.4], [1.2, 3.8, 4.4, 5.1, 6.0, 7.3])
    #expect(mixed.u == 14)
    #expect(abs(mixed.pValue - 0.9307359307359306) < 1e-12)
  }

  @Test func `corrects the variance for ties`() {
    let small = MannWhitneyTest([1, 2, 2, 3, 5], [2, 3, 3, 4, 6, 7])
    #expect(small.u == 7)
    #expect(abs(small.pValue - 0.16304505585423734) < 1e-12)
    let a = (0..<50).map { Double($0 * 7 % 11) }
    let b = (0..<60).map { Double($0 * 5 % 13) }
    let many = MannWhitneyTest(a, b)
    #expect(many.u == 1257)
    #expect(abs(many.pValue - 0.14414280879830363) < 1e-12)
    let failures = MannWhitneyTest(ones(3, of: 100), ones(12, of: 100))
    #expect(failures.u == 4550)
    #expect(abs(failures.pValue - 0.016064981201330944) < 1e-12)
  }

  @Test func `is normal for large samples`() {
    let a = (0..<30).map { Double($0 * 37 % 101) / 10 }
    let b = (0..<40).map { Double($0 * 53 % 97) / 10 + 1.5 }
    let test = MannWhitneyTest(a, b)
    #expect(test.u == 475.5)
    #expect(abs(test.pValue - 0.1410881599941143) < 1e-12)
  }

  @Test func `finds nothing where there is nothing`() {
    #expect(MannWhitneyTest([], [1, 2]).pValue == 1)
    #expect(MannWhitneyTest([3, 3, 3], [3, 3]).pValue == 1)
    #expect(MannWhitneyTest([3, 3, 3], [3, 3]).superiority == 0.5)
  }

  @Test func `adjusts for several tests as Holm did`() {
    // p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") of R.
    let adjusted = HolmCorrection.adjusted([0.01, 0.04, 0.03, 0.005])
    let expected = [0.03, 0.06, 0.06, 0.02]
    #expect(zip(adjusted, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(HolmCorrection.adjusted([0.6, 0.7]) == [1, 1])
  }

  @Test func `estimates the shift as the median of all differences`() throws {
    let a = [1.0, 4.0, 2.5, 8.0, 7.2, 3.3]
    let b = [2.0, 6.1, 9.9, 5.5, 7.7]
    let estimate = try #require(ShiftEstimate(a, b, deviation: 5, quantile: 2))
    #expect(abs(estimate.shift - 2.15) < 1e-9, "numpy.median of the 30 differences")
    // Ranks 15 − 10 = 5 and 31 − 5 = 26 of the sorted differences.
    #expect(abs(estimate.interval.lowerBound - -1.9) < 1e-9)
    #expect(abs(estimate.interval.upperBound - 5.9) < 1e-9)
  }

  @Test func `gives a share Wilson's interval`() throws {
    // scipy.stats.binomtest(7, 50).proportion_ci(method="wilson"); the ones lie far apart, so nothing is correlated.
    let values = (0..<50).map { $0 % 7 == 0 && $0 < 49 ? 1.0 : 0 }
    let estimate = try #require(SampleInterval.share(of: values))
    #expect(estimate.value == 0.14)
    #expect(abs(estimate.range.lowerBound - 0.06950833427016292) < 1e-9)
    #expect(abs(estimate.range.upperBound - 0.26186193710585537) < 1e-9)
  }

  private func ones(_ count: Int, of total: Int) -> [Double] {
    (0..<total).map { $0 < total - count ? 0 : 1 }
  }
}
