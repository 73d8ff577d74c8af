import LLMPerf

/// `--until`: ends the sending when a number is sure enough.
final class PrecisionSink: RecordSink {
  private let goal: PrecisionGoal
  private let builder: SummaryBuilder
  private let stop: () -> Void
  private var nextLook = RunInstant.start
  private(set) var isReached = false

  /// Looking sorts the sample, so it happens now and then only.
  private static let interval = Duration.seconds(1)

  init(_ goal: PrecisionGoal, _ builder: SummaryBuilder, stop: @escaping () -> Void) {
    self.goal = goal
    self.builder = builder
    self.stop = stop
  }

  func receive(_ records: [RequestRecord]) {}

  func tick(at now: RunInstant) throws {
    guard !isReached, now >= nextLook else { return }
    nextLook = now + Self.interval
    guard goal.isReached(by: try builder.estimate(for: goal)) else { return }
    isReached = true
    stop()
  }

  /// What is said of the goal at the end.
  func outcome() throws -> String {
    let estimate = try builder.estimate(for: goal)
    let value = estimate.map { NumberText.time($0.value) } ?? "n/a"
    let interval = estimate?.interval.map { "\(NumberText.time($0.low)) to \(NumberText.time($0.high))" } ?? "unknown"
    let verb = goal.isReached(by: estimate) ? "reached" : "not reached within --number and --duration"
    return "--until \(goal): \(verb); it is \(value), 95 % interval \(interval), from \(estimate?.count ?? 0) requests"
  }
}
