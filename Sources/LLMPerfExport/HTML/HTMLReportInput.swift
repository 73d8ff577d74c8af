public import LLMPerf

/// What the HTML report is made of.
public struct HTMLReportInput: Sendable {
  /// The run and its numbers.
  public var result: RunResult
  /// One row for each request, in any order; warm-up requests may be among them and are left out of the charts.
  public var rows: [ReportRow]
  /// The thresholds, when there were any.
  public var thresholds: ThresholdReport?
  /// The client's own state, about once a second: objects with `time`, `process_cpu`, `loop_cpu`, `longest_stall` and
  /// others, as the database keeps them; times are seconds, CPU is in cores.
  public var health: [JSON]

  /// The report of a run.
  public init(result: RunResult, rows: [ReportRow], thresholds: ThresholdReport? = nil, health: [JSON] = []) {
    self.result = result
    self.rows = rows
    self.thresholds = thresholds
    self.health = health
  }
}
