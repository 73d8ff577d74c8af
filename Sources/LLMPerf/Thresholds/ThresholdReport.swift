/// The thresholds of a run held against its numbers.
public struct ThresholdReport: Sendable {
  /// One threshold and how it came out.
  public struct Result: Sendable {
    /// The threshold.
    public var threshold: Threshold
    /// Whether its condition held, or could not be told.
    public var isMissed: Bool
    /// The run's value, in the metric's unit; nil when the run has none.
    public var value: Double?
    /// What it was held against; nil when the baseline has none.
    public var bound: Double?
    /// One line: the value and the bound, or why there is none.
    public var message: String
  }

  /// Every threshold, in the order given.
  public var results: [Result]
  /// Whether the numbers can be trusted.
  public var verdict: Verdict
  /// Whether an `INVALID` run may pass.
  public var allowsInvalid: Bool

  /// Holds `thresholds` against a run.
  ///
  /// A metric that does not exist in the run, or in the baseline where one is asked for, counts as missed: a limit on
  /// something that was not measured must not pass in silence.
  public init(
    _ thresholds: [Threshold], run: RunSummary, verdict: Verdict, baseline: RunSummary? = nil,
    allowsInvalid: Bool = false
  ) {
    results = thresholds.map { Self.result($0, run, baseline) }
    self.verdict = verdict
    self.allowsInvalid = allowsInvalid
  }

  /// The thresholds that were missed.
  public var missed: [Result] { results.filter(\.isMissed) }

  /// Whether the run fails because its numbers cannot be trusted.
  public var failsByVerdict: Bool { verdict.level == .invalid && !allowsInvalid }

  /// Whether nothing was missed; otherwise the tool exits with 99.
  public var isPassed: Bool { missed.isEmpty && !failsByVerdict }

  /// One line for each threshold and, when it decides, one for the verdict, for the end of the report.
  public var lines: [String] {
    var lines = results.map { "\($0.isMissed ? "MISSED" : "passed")  \($0.threshold)  (\($0.message))" }
    if failsByVerdict {
      lines.append("MISSED  the run is INVALID: \(verdict.reasons.first?.message ?? "its numbers cannot be trusted")")
    }
    return lines
  }

  /// Checks, before anything is sent, that the thresholds have what they need: a baseline where they name it, and
  /// objectives where they limit goodput or attainment.
  ///
  /// - Throws: `UsageError`.
  public static func check(_ thresholds: [Threshold], hasBaseline: Bool, hasObjectives: Bool = true) throws {
    if !hasBaseline, let threshold = thresholds.first(where: \.needsBaseline) {
      throw UsageError("--fail-if '\(threshold)' needs a run to compare with; give it by --baseline OLD.db")
    }
    if !hasObjectives, let threshold = thresholds.first(where: { $0.metric.needsObjectives }) {
      throw UsageError(
        "--fail-if '\(threshold)' needs limits that good requests keep; give them by --goodput, as in --goodput ttft:500ms"
      )
    }
  }

  private static func result(_ threshold: Threshold, _ run: RunSummary, _ baseline: RunSummary?) -> Result {
    let unit = threshold.metric.unit
    let value = threshold.value(in: run)
    let bound: Double?
    var origin = ""
    switch threshold.bound {
    case .value(let limit): bound = limit
    case .baseline(let factor):
      let old = baseline.flatMap(threshold.value(in:))
      bound = old.map { $0 * factor }
      if let old { origin = factor == 1 ? " of the baseline" : " = \(NumberText.short(factor)) × \(unit.text(old))" }
    }
    guard let value else {
      return Result(
        threshold: threshold, isMissed: true, value: nil, bound: bound,
        message: "\(threshold.metric.name) does not exist in this run")
    }
    guard let bound else {
      return Result(
        threshold: threshold, isMissed: true, value: value, bound: nil,
        message: "\(threshold.metric.name) does not exist in the baseline")
    }
    let isMissed = threshold.comparison.holds(value, bound)
    var message =
      value == .infinity
      ? "it falls on a failed request" : "it is \(unit.text(value))"
    message += ", the limit \(unit.text(bound))\(origin)"
    if case .percentile(let p) = threshold.statistic {
      let count = threshold.metric.distribution(in: run).count
      if threshold.metric.distribution(in: run).reportablePercentile(p) == nil {
        message += "; too few values (\(count)) for this percentile"
      }
    }
    return Result(threshold: threshold, isMissed: isMissed, value: value, bound: bound, message: message)
  }
}
