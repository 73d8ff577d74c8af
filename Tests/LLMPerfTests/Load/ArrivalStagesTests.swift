import Testing

@testable import LLMPerf

struct ArrivalStagesTests {
  /// Arrivals at even gaps, to see them move.
  private struct Even: Arrivals {
    var rate: Double
    func dueTimes(seed: UInt64) -> DueTimes { DueTimes(seed: seed) { [rate] _ in 1 / rate } }
  }

  private static let stages = ArrivalStages([
    .init(Even(rate: 2), lasts: .seconds(2)), .init(Even(rate: 10), lasts: .milliseconds(350)), .init(Even(rate: 1)),
  ])

  @Test
  func `a stage begins where the one before it ends, and the last goes on`() {
    let times = Self.stages.dueTimes(seed: 1).prefix(9).map(\.seconds)
    #expect(times == [0.5, 1, 1.5, 2.1, 2.2, 2.3, 3.35, 4.35, 5.35])
  }

  @Test(arguments: [(0.0, 0), (1.999, 0), (2, 1), (2.349, 1), (2.35, 2), (100, 2)])
  func `a request belongs to the stage of its due time`(seconds: Double, stage: Int) throws {
    #expect(Self.stages.stage(at: try #require(RunInstant(checking: seconds))) == stage)
    #expect(Load(.openLoop(Self.stages)).stage(at: try #require(RunInstant(checking: seconds))) == stage)
    #expect(Load.openLoop(.poisson(rate: 1)).stage(at: .start) == nil)
  }

  @Test
  func `one stage is its process, draw by draw`() {
    let alone = Array(PoissonArrivals(rate: 7).dueTimes(seed: 3).prefix(100))
    #expect(Array(ArrivalStages([.init(.poisson(rate: 7))]).dueTimes(seed: 3).prefix(100)) == alone)
  }

  @Test
  func `a longer stage moves no draw of the one behind it`() {
    let behind = [3, 5].map { seconds -> [RunInstant] in
      let stages = ArrivalStages([.init(.poisson(rate: 50), lasts: .seconds(seconds)), .init(.poisson(rate: 20))])
      let end = RunInstant.start + .seconds(seconds)
      // Due times have no end: the first 600 reach well beyond the first stage's.
      return Array(stages.dueTimes(seed: 9).prefix(600).filter { $0 >= end }.prefix(20)).map { .start + ($0 - end) }
    }
    #expect(behind[0] == behind[1])
  }

  @Test
  func `stages that end leave no more due times`() {
    let stages = ArrivalStages([.init(Even(rate: 2), lasts: .seconds(1))])
    #expect(stages.dueTimes(seed: 1).map(\.seconds) == [0.5])
    #expect(ArrivalStages([]).dueTimes(seed: 1).map(\.seconds) == [])
  }

  @Test
  func `a process is known by its name, the first without one`() {
    #expect(ArrivalProcesses.make(rate: 5) is PoissonArrivals)
    #expect(ArrivalProcesses.make("poisson", rate: 5)?.rate == 5)
    #expect(ArrivalProcesses.make(rate: -1) is AtOnceArrivals)
    #expect(ArrivalProcesses.make("none such", rate: 5) == nil)
  }
}
