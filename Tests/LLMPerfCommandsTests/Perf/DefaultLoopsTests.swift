import LLMPerf
import Testing

@testable import LLMPerfCommands

struct DefaultLoopsTests {
  /// (processors, streams with an event every 20 ms, loops)
  @Test(
    arguments: [
      // Measured: six loops were right, four were late.
      (16, 10_000, 6),
      // A small machine has no processor to spare for a second one.
      (1, 10_000, 1), (2, 2000, 1), (2, 10_000, 1), (4, 10_000, 1), (8, 1000, 2), (8, 10_000, 3),
      // Where there are many, some are had for the asking, and more only for a load that needs them.
      (16, 1, 4), (16, 2000, 4), (64, 1, 4), (64, 10_000, 6), (64, 30_000, 18), (64, 1_000_000, 24),
      (1024, 1_000_000, 64),
      // A control group that allows a part of them.
      (0.5, 10_000, 1), (1.5, 64, 1), (2.5, 64, 1), (15.9, 64, 3),
    ] as [(Double, Int, Int)])
  func `a loop has room for its events, and a processor of its own`(processors: Double, streams: Int, loops: Int) {
    let load = DefaultLoops.eventsPerSecond(.closedLoop(parallel: streams), requests: nil)
    #expect(DefaultLoops.count(processors: processors, eventsPerSecond: load) == loops)
  }

  @Test(arguments: [1.0, 2, 4, 8, 16, 48, 128])
  func `no loop is asked for more than it has room for where processors allow`(processors: Double) {
    for load in stride(from: 0.0, through: 4e6, by: 5e4) {
      let loops = DefaultLoops.count(processors: processors, eventsPerSecond: load)
      let isRoomy = load / Double(loops) <= DefaultLoops.roomyRate
      #expect(isRoomy || Double(loops) + 1 > processors * 3 / 8 || loops == 64)
      #expect(loops == 1 || Double(loops) <= processors / 2)
    }
  }

  @Test
  func `an open loop is taken by its rate, or by what its places allow`() {
    func load(_ arrivals: some Arrivals, _ cap: Int?, _ requests: Int? = nil) -> Double {
      DefaultLoops.eventsPerSecond(.openLoop(arrivals, maxInFlight: cap), requests: requests)
    }
    #expect(load(.poisson(rate: 1000), nil) == 128_000)
    #expect(load(.poisson(rate: 1000), 100) == 5000)
    #expect(load(.atOnce, nil, 3000) == 150_000)
    #expect(load(.atOnce, 10, 3000) == 500)
    #expect(load(.atOnce, nil) == 50)
  }
}
