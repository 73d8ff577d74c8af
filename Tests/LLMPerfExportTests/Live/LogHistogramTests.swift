import LLMPerf
import Testing

@testable import LLMPerfExport

struct LogHistogramTests {
  @Test(arguments: [1e-7, 1e-4, 0.02, 3, 4000])
  func `percentiles are those of the exact sample within one per cent`(scale: Double) throws {
    var histogram = LogHistogram()
    let values = (1...1000).map { scale * (1 + Double($0 * $0 % 997) / 50) }
    for value in values { histogram.add(value) }
    let exact = Distribution(values)
    for p in [1.0, 50, 90, 99, 99.9, 100] {
      let (found, expected) = (try #require(histogram.percentile(p)), try #require(exact.percentile(p)))
      #expect(abs(found - expected) <= expected * 0.01 + 1e-9)
    }
    #expect(histogram.count == 1000)
    let (mean, expected) = (try #require(histogram.mean), try #require(exact.mean))
    #expect(abs(mean - expected) < scale * 1e-9)
  }

  @Test
  func `an empty sample has no percentile`() {
    #expect(LogHistogram().percentile(50) == nil && LogHistogram().mean == nil)
  }
}
