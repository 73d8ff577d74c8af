import LLMPerf
import LLMPerfWire
import Testing

struct StampClockTests {
  private static let ms: Int64 = 1_000_000
  /// The run began when the wall clock showed 1,000 s.
  private static let offset: Int64 = -1000 * 1000 * ms

  /// A stamp of the wall clock at `milliseconds` of the run, when that clock had been set by `step` ms.
  private func stamp(_ milliseconds: Double, step: Int64 = 0) -> Int64 {
    Int64(milliseconds * 1e6) - Self.offset + step * Self.ms
  }

  private func at(_ milliseconds: Double) -> RunInstant { RunInstant(nanoseconds: Int64(milliseconds * 1e6)) }

  /// What a stamp at `came` ms is taken for, of a read at 80 ms after one at 60 ms, with a wall clock that jumped unseen.
  @Test(
    arguments: [
      // came, jump of the clock, believed as
      (70.0, Int64(0), 70.0), (60, 0, 60), (80, 0, 80), (59.95, 0, 60), (80.05, 0, 80), (59.5, 0, nil), (81, 0, nil),
      (70, -10_000, nil), (70, 10_000, nil), (70, -11, nil), (70, 11, nil),
    ] as [(Double, Int64, Double?)])
  func `a stamp is believed when it lies between what was known before and the read`(
    came: Double, jump: Int64, believed: Double?
  ) {
    var clock = StampClock(offset: Self.offset)
    let found = clock.instant(of: stamp(came, step: jump), after: at(60), readAt: at(80))
    #expect(found == believed.map(at))
    #expect(clock.disbelieved == (believed == nil ? 1 : 0))
  }

  @Test(arguments: [Int64.min, .min + 1, .max, 0, -1])
  func `a stamp that is no time at all is not believed`(stamp: Int64) {
    var clock = StampClock(offset: Self.offset)
    #expect(clock.instant(of: stamp, after: at(60), readAt: at(80)) == nil)
  }

  @Test(arguments: [-10_000, 10_000, -5, 5] as [Int64])
  func `after a jump stamps are not believed for two turns, and then by the new clock`(step: Int64) {
    var clock = StampClock(offset: Self.offset)
    let jumped = Self.offset - step * Self.ms
    for turn in 0..<4 {
      clock.beginTurn(rough: jumped) { jumped }
      let found = clock.instant(of: stamp(70, step: step), after: at(60), readAt: at(80))
      #expect(found == (turn < 2 ? nil : at(70)))
    }
    #expect(clock.steps == 1)
    #expect(clock.largestStep == .milliseconds(step))
    #expect(clock.disbelieved == 2)
  }

  @Test
  func `a thread that was stopped between two readings of the clocks is no jump`() {
    var clock = StampClock(offset: Self.offset)
    clock.beginTurn(rough: Self.offset - 7 * Self.ms) { Self.offset - 20_000 }
    #expect(clock.steps == 0)
    #expect(
      clock.instant(of: stamp(70), after: at(60), readAt: at(80)) == RunInstant(nanoseconds: 70 * Self.ms - 20_000))
  }

  @Test
  func `a clock that is steered is followed`() {
    var clock = StampClock(offset: Self.offset)
    for drift in 1...100 { clock.compare(Self.offset + Int64(drift) * 50_000) }
    #expect(clock.steps == 0)
    #expect(clock.instant(of: stamp(65), after: at(60), readAt: at(80)) == at(70))
  }
}
