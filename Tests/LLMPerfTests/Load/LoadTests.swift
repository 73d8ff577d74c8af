import LLMPerf
import Testing

struct LoadTests {
  @Test
  func `tells its slots`() {
    #expect(Load.closedLoop(parallel: 8).parallel == 8)
    #expect(Load.openLoop(.atOnce, maxInFlight: 3).parallel == nil)
  }

  @Test(arguments: [
    (Load.closedLoop(parallel: 2), 4, 2), (.closedLoop(parallel: 8), 4, 4),
    (.openLoop(.atOnce, maxInFlight: 3), 4, 3), (.openLoop(.atOnce, maxInFlight: nil), 4, 4),
  ])
  func `has work for as many loops as there are places in flight`(pattern: Load, asked: Int, loops: Int) {
    #expect(pattern.loops(atMost: asked) == loops)
  }
}
