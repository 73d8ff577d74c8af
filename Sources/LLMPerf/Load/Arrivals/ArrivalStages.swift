/// Arrivals of one process after the other.
public struct ArrivalStages: Sendable {
  /// A process, and for how long it goes on.
  public struct Stage: Sendable {
    /// When requests are due, by the stage's own clock.
    public var arrivals: any Arrivals
    /// Nil for the last one, which goes on until the run ends.
    public var lasts: Duration?

    /// A stage of `arrivals`.
    public init(_ arrivals: any Arrivals, lasts: Duration? = nil) {
      self.arrivals = arrivals
      self.lasts = lasts
    }
  }

  /// The stages in order; none where a run does not tell them.
  public var stages: [Stage]

  /// Arrivals in `stages`, one after the other.
  public init(_ stages: [Stage]) {
    self.stages = stages
  }

  /// The highest rate of the stages; nil where it is not known.
  var highestRate: Double? { stages.map(\.arrivals.rate).max() }

  /// The stage that `instant` is in, from 0; nil where there are not several.
  func stage(at instant: RunInstant) -> Int? {
    guard stages.count > 1 else { return nil }
    var end = RunInstant.start
    for (place, stage) in stages.enumerated() {
      guard let lasts = stage.lasts else { return place }
      end = end + lasts
      if instant < end { return place }
    }
    return stages.count - 1
  }

  /// The due times of all stages. Each draws from a stream of its own, so that a stage which is longer moves no other's draws.
  func dueTimes(seed: UInt64) -> DueTimes {
    DueTimes(
      Times(stages: stages[...], seeds: SplitMix64(seed: seed), current: stages.first?.arrivals.dueTimes(seed: seed)))
  }

  private struct Times: DueTimeSource {
    /// The current stage and those after it.
    var stages: ArraySlice<Stage>
    var seeds: SplitMix64
    var current: DueTimes?
    var begin = RunInstant.start

    mutating func next() -> RunInstant? {
      while let due = current?.next() {
        let instant = begin + (due - .start)
        guard let lasts = stages.first?.lasts, instant >= begin + lasts else { return instant }
        begin = begin + lasts
        stages.removeFirst()
        current = stages.first?.arrivals.dueTimes(seed: seeds.next())
      }
      return nil
    }
  }
}
