import LLMPerf
import Testing

struct RunInstantTests {
  @Test
  func `distances that do not fit are held at the ends`() {
    let (first, last) = (RunInstant(nanoseconds: .min), RunInstant(nanoseconds: .max))
    #expect((last - first).wholeNanoseconds == .max)
    #expect((first - last).wholeNanoseconds == .min)
    #expect(last + .seconds(1) == last)
    #expect(first + .seconds(-1) == first)
    #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
    #expect(Duration.seconds(Int64.min).wholeNanoseconds == .min)
  }

  @Test(arguments: [
    (1.5, 1_500_000_000), (-0.25, -250_000_000), (0, 0), (9_007_199.254740992, 9_007_199_254_740_992),
  ])
  func `a time from outside is an instant`(seconds: Double, nanoseconds: Int64) {
    #expect(RunInstant(checking: seconds)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300, 9_007_199.3, -1e10, 0x1p63])
  func `what no run lasts is no instant`(seconds: Double) {
    #expect(RunInstant(checking: seconds) == nil)
  }
}
