/// The sink that ends the sending when a number is known well enough.
final class PrecisionSink: RecordSink {
  private let goal: PrecisionGoal
  private let builder: SummaryBuilder
  private let stop: () -> Void
  private var watch: PrecisionWatch
  private var isReached = false

  /// Calls `stop` when what `builder` has added up reaches `goal`.
  init(_ goal: PrecisionGoal, _ builder: SummaryBuilder, stop: @escaping () -> Void) {
    self.goal = goal
    watch = PrecisionWatch(goals: [goal])
    self.builder = builder
    self.stop = stop
  }

  func receive(_ records: [RequestRecord]) {}

  func tick(at now: RunInstant) throws {
    guard !isReached, try watch.isReached(by: builder) else { return }
    isReached = true
    stop()
  }

  /// What became of the goal.
  func outcome() throws -> PrecisionOutcome {
    PrecisionOutcome(goal: goal, estimate: try builder.estimate(for: goal))
  }
}

/// What became of a goal of precision at the end of a run.
package struct PrecisionOutcome: Sendable, Hashable {
  package var goal: PrecisionGoal
  /// What is known of the number; nil where nothing is.
  package var estimate: Estimate?

  /// The outcome in a line of the report; `bounds` are what ended the run should the goal not have been reached.
  package func sentence(bounds: String) -> String {
    let value = estimate.map { NumberText.time($0.value) } ?? "n/a"
    let interval = estimate?.interval.map { "\(NumberText.time($0.low)) to \(NumberText.time($0.high))" } ?? "unknown"
    let verb = goal.isReached(by: estimate) ? "reached" : "not reached within \(bounds)"
    return "--until \(goal): \(verb); it is \(value), 95 % interval \(interval), from \(estimate?.count ?? 0) requests"
  }
}
