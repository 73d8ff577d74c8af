import LLMPerf
import Testing

struct TurnTimesTests {
  @Test
  func `knows no percentile before the first turn`() {
    #expect(TurnTimes().percentile(50) == nil)
    #expect(TurnTimes().longest == .zero)
  }

  @Test(arguments: [1, 200, 300, 1000, 5000, 123_456, 10_000_000, 3_600_000_000_000] as [Int64])
  func `one turn is every percentile, to the nanosecond`(nanoseconds: Int64) {
    var times = TurnTimes()
    times.note(.nanoseconds(nanoseconds))
    for p in [0.1, 50, 99.9, 100] { #expect(times.percentile(p) == .nanoseconds(nanoseconds)) }
  }

  @Test
  func `tells about the longest turn since an earlier look`() {
    var times = TurnTimes()
    #expect(times.longest(since: TurnTimes()) == nil)
    times.note(.milliseconds(40))
    let before = times
    #expect(times.longest(since: TurnTimes()) == .milliseconds(40))
    #expect(times.longest(since: before) == nil)
    times.note(.milliseconds(3))
    times.note(.milliseconds(1))
    let found = times.longest(since: before) ?? .zero
    #expect(found >= .milliseconds(3) && found < .microseconds(4500))
    times.note(.milliseconds(50))
    #expect(times.longest(since: before) == .milliseconds(50))
  }

  @Test
  func `a percentile is at most half above the true one and never below it`() {
    var times = TurnTimes()
    var random = SplitMix64(seed: 3)
    var values: [Int64] = []
    for _ in 0..<5000 {
      let value = Int64.random(in: 256...(1 << Int64.random(in: 9...30, using: &random)), using: &random)
      values.append(value)
      times.note(.nanoseconds(value))
    }
    values.sort()
    for p in [1.0, 25, 50, 90, 99, 99.9] {
      let exact = Double(values[Int((p / 100 * 5000).rounded(.up)) - 1])
      let found = Double(times.percentile(p)?.wholeNanoseconds ?? 0)
      #expect(found >= exact)
      #expect(found <= exact * 1.5)
    }
    #expect(times.percentile(100) == times.longest)
    #expect(times.longest == .nanoseconds(values[4999]))
  }
}
