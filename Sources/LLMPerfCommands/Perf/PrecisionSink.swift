import LLMPerf

/// `--until`: ends the sending when a number is sure enough.
final class PrecisionSink: RecordSink {
  private let goal: PrecisionGoal
  private let builder: SummaryBuilder
  private let bounds: String
  private let stop: () -> Void
  private var watch: PrecisionWatch
  private var isReached = false

  init(_ goal: PrecisionGoal, _ builder: SummaryBuilder, bounds: String, stop: @escaping () -> Void) {
    self.goal = goal
    watch = PrecisionWatch(goals: [goal])
    self.builder = builder
    self.bounds = bounds
    self.stop = stop
  }

  func receive(_ records: [RequestRecord]) {}

  func tick(at now: RunInstant) throws {
    guard !isReached, try watch.isReached(by: builder) else { return }
    isReached = true
    stop()
  }

  /// What is said of the goal at the end.
  func outcome() throws -> String {
    let estimate = try builder.estimate(for: goal)
    let value = estimate.map { NumberText.time($0.value) } ?? "n/a"
    let interval = estimate?.interval.map { "\(NumberText.time($0.low)) to \(NumberText.time($0.high))" } ?? "unknown"
    let verb = goal.isReached(by: estimate) ? "reached" : "not reached within \(bounds)"
    return "--until \(goal): \(verb); it is \(value), 95 % interval \(interval), from \(estimate?.count ?? 0) requests"
  }
}
