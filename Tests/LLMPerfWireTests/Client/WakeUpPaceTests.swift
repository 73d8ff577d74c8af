import LLMPerf
import Testing

@testable import LLMPerfWire

struct WakeUpPaceTests {
  private func pace(gaps: some Sequence<Double>, latency: Duration? = nil, first: Duration? = nil) -> WakeUpPace {
    var pace = WakeUpPace()
    if let latency { pace.note(latency: latency) }
    if let first { pace.note(first: first) }
    for gap in gaps { pace.note(gap: Int64(gap * 1e6)) }
    return pace
  }

  /// Exponential gaps with this mean, in milliseconds.
  private func irregular(mean: Double) -> [Double] {
    var random = SplitMix64(seed: 5)
    return (0..<20_000).map { _ in -mean * (1 - random.nextUnit()).naturalLogarithm }
  }

  @Test(arguments: [2.2, 5, 20])
  func `naps a millisecond between events that are further apart`(milliseconds: Double) {
    #expect(pace(gaps: repeatElement(milliseconds, count: 20_000)).napLength() == 1_000_000)
  }

  @Test(arguments: [0.5, 1, 1.9])
  func `a nap leaves half of a gap as room for a machine that stands still`(milliseconds: Double) {
    let nap = Double(pace(gaps: repeatElement(milliseconds, count: 20_000)).napLength())
    #expect((0.375...0.501) ~= nap / (milliseconds * 1e6))
  }

  @Test(arguments: [2.0, 5, 10])
  func `where first tokens are due it leaves nearly all of it`(milliseconds: Double) {
    let nap = Double(pace(gaps: repeatElement(milliseconds, count: 20_000)).napLength(firstIsDue: true))
    #expect(nap <= milliseconds * 1e6 / 8)
    #expect(nap > 0)
  }

  @Test func `naps shortly where many gaps are short`() {
    #expect(pace(gaps: irregular(mean: 2)).napLength() < 150_000)
    #expect(pace(gaps: irregular(mean: 50)).napLength() < 600_000)
  }

  @Test func `what comes at once says nothing`() {
    let gaps = (0..<30_000).map { $0 % 3 == 0 ? 20.0 : 0.1 }
    #expect(pace(gaps: gaps).napLength() == 1_000_000)
  }

  @Test func `a nap is a small part of a request's time`() {
    let gaps = repeatElement(5.0, count: 20_000)
    #expect(pace(gaps: gaps, latency: .milliseconds(100)).napLength() == 400_000)
    #expect(pace(gaps: gaps, latency: .milliseconds(10)).napLength() == 0)
  }

  @Test func `a nap ends when the next first token is due`() {
    let pace = pace(gaps: repeatElement(4, count: 20_000), first: .milliseconds(20))
    func length(sent: Int64?, limit: Int64 = .max) -> Int64? {
      let now = RunInstant(nanoseconds: 100_000_000)
      let sent = sent.map { RunInstant(nanoseconds: now.nanoseconds + $0) }
      let limit = RunInstant(nanoseconds: limit == .max ? limit : now.nanoseconds + limit)
      return pace.napEnd(from: now, until: limit, firstSent: sent).map { ($0 - now).wholeNanoseconds }
    }
    #expect(length(sent: nil) == 1_000_000)
    #expect(length(sent: -10_000_000) == 1_000_000)
    #expect(length(sent: -19_500_000) == 500_000)
    // Due now, or since long.
    for sent: Int64 in [-20_000_000, -19_990_000, -90_000_000] {
      #expect((400_000...500_000) ~= length(sent: sent) ?? 0)
    }
    #expect(length(sent: nil, limit: 300_000) == 240_000)
    #expect(length(sent: nil, limit: 100_000) == nil)
  }

  @Test func `the earliest first token is followed at once, and forgotten slowly`() {
    var pace = WakeUpPace()
    func due() -> Int64 { pace.firstDue(sent: .start).nanoseconds }
    // Nothing is known: it may come at any time.
    #expect(due() == 0)
    for milliseconds in [80, 20, 300] { pace.note(first: .milliseconds(milliseconds)) }
    #expect((20_000_000...20_100_000) ~= due())
    for _ in 0..<1000 { pace.note(first: .milliseconds(300)) }
    #expect((40_000_000...60_000_000) ~= due())
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
