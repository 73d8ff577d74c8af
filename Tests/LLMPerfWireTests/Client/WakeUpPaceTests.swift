import LLMPerf
import Testing

@testable import LLMPerfWire

struct WakeUpPaceTests {
  private func pace(gaps: some Sequence<Double>, latency: Duration? = nil) -> WakeUpPace {
    var pace = WakeUpPace()
    if let latency { pace.note(latency: latency) }
    for gap in gaps { pace.note(gap: .nanoseconds(Int64(gap * 1e6))) }
    return pace
  }

  /// Exponential gaps with this mean, in milliseconds.
  private func irregular(mean: Double) -> [Double] {
    var random = SplitMix64(seed: 5)
    return (0..<20_000).map { _ in -mean * (1 - random.nextUnit()).naturalLogarithm }
  }

  @Test(arguments: [1.2, 2, 5, 20])
  func `naps a millisecond between events that are further apart`(milliseconds: Double) {
    #expect(pace(gaps: repeatElement(milliseconds, count: 20_000)).napLength == 1_000_000)
  }

  @Test func `naps no longer than regular gaps are`() {
    let nap = pace(gaps: repeatElement(0.5, count: 20_000)).napLength
    #expect(300_000...500_000 ~= nap)
  }

  @Test func `naps shortly where many gaps are short`() {
    #expect(pace(gaps: irregular(mean: 2)).napLength < 250_000)
    #expect(pace(gaps: irregular(mean: 50)).napLength > 400_000)
  }

  @Test func `what comes at once says nothing`() {
    let gaps = (0..<30_000).map { $0 % 3 == 0 ? 20.0 : 0.1 }
    #expect(pace(gaps: gaps).napLength == 1_000_000)
  }

  @Test func `a nap is a small part of a request's time`() {
    let gaps = repeatElement(5.0, count: 20_000)
    #expect(pace(gaps: gaps, latency: .milliseconds(100)).napLength == 400_000)
    #expect(pace(gaps: gaps, latency: .milliseconds(10)).napLength == 0)
  }

  @Test func `spins before due times that are rare, and waits for frequent ones`() {
    func timeout(every gap: Int64) -> Int64 {
      var pace = WakeUpPace()
      var timeout: Int64 = 0
      for step in 1...1000 {
        let due = RunInstant(nanoseconds: Int64(step) * gap)
        let now = RunInstant(nanoseconds: due.nanoseconds - 50_000)
        timeout = pace.timeout(until: due, or: RunInstant(nanoseconds: .max), now: now)
      }
      return timeout
    }
    #expect(timeout(every: 5_000_000) == 0)
    #expect(timeout(every: 100_000) == 50_000)
  }
}
