import Testing

@testable import LLMPerfCommands

struct DefaultWorkersTests {
  /// (processors, loops, whether tokens are counted, workers)
  @Test(
    arguments: [
      // One processor for the loop and one for the rest: whoever tells the sinks reads the answers.
      (0.5, 1, false, 0), (1, 1, false, 0), (2, 1, false, 0), (2, 1, true, 0), (2.9, 1, false, 0), (8, 64, false, 0),
      // What loops and records leave.
      (4, 1, false, 2), (8, 4, false, 3), (8, 3, false, 4), (3, 1, true, 1), (3, 1, false, 1),
      // More than keep up with the loops are of no use, unless they have more to do.
      (8, 1, false, 2), (16, 4, false, 8), (64, 4, false, 8), (64, 24, false, 39), (16, 4, true, 11), (64, 1, true, 62),
    ] as [(Double, Int, Bool, Int)])
  func `workers keep up with the loops, and take no processor from them`(
    processors: Double, loops: Int, countsTokens: Bool, workers: Int
  ) {
    #expect(DefaultWorkers.count(processors: processors, loops: loops, countsTokens: countsTokens) == workers)
  }

  @Test(arguments: [1, 2, 4, 8, 16, 48, 128])
  func `workers, loops and the one who tells the sinks each have a processor`(processors: Int) {
    for loops in 1...processors {
      for countsTokens in [false, true] {
        let workers = DefaultWorkers.count(processors: Double(processors), loops: loops, countsTokens: countsTokens)
        #expect(workers >= 0)
        #expect(workers == 0 || workers + loops + 1 <= processors)
      }
    }
  }
}
