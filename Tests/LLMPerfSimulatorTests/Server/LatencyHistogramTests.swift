import LLMPerf
import LLMPerfWire
import Testing

struct LatencyHistogramTests {
  @Test func `percentiles are at most a thirty-second below the exact ones`() {
    var histogram = LatencyHistogram()
    var generator = SplitMix64(seed: 3)
    let values = (0..<5000).map { _ in Int64(generator.next() >> (generator.next() % 40 + 20)) }
    for value in values { histogram.add(nanoseconds: value) }
    let sorted = values.sorted()
    for percent in [1.0, 50, 90, 99, 99.9, 100] {
      let exact = sorted[Int((percent / 100 * 5000).rounded(.up)) - 1]
      let estimate = histogram.percentile(percent)
      #expect(estimate <= exact && Double(estimate) >= Double(exact) * (1 - 1.0 / 32) - 1)
    }
    #expect(histogram.maximum == sorted.last)
    #expect(histogram.count(upTo: .max / 4) == 5000)
    #expect(LatencyHistogram().percentile(99) == 0)
  }
}
