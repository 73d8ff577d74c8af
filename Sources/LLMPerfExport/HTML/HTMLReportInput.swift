public import LLMPerf

/// What the HTML report is made of.
public struct HTMLReportInput: Sendable {
  /// The run and its numbers.
  public var result: RunResult
  /// One row for each request, in any order; warm-up requests may be among them and are left out of the charts.
  public var rows: [ReportRow]
  /// The thresholds, when there were any.
  public var thresholds: ThresholdReport?

  /// The report of a run.
  public init(result: RunResult, rows: [ReportRow], thresholds: ThresholdReport? = nil) {
    self.result = result
    self.rows = rows
    self.thresholds = thresholds
  }
}
