import ArgumentParser
import LLMPerf

/// What the run is held against.
struct CheckOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Limits that every request should keep, such as ttft:500ms tpot:50ms; the report then has goodput, the requests per second that keep them all, and attainment, their share.",
      valueName: "limit"))
  var goodput: [String] = []

  @Option(
    help: ArgumentHelp(
      "Exit with 99 when this holds, such as 'p99(ttft) > 500ms', 'error_rate > 1%' or 'p95(latency) > 1.1 × baseline'. May be given several times.",
      valueName: "condition"))
  var failIf: [String] = []

  @Option(help: ArgumentHelp("Database of the run that --fail-if compares with.", valueName: "old.db"))
  var baseline: String?

  @Option(help: ArgumentHelp("Write the outcome of --fail-if as JUnit XML.", valueName: "file"))
  var junit: String?

  @Flag(help: "Let a run whose verdict is INVALID pass --fail-if.")
  var allowInvalid = false

  @Option(
    help: ArgumentHelp(
      "Stop when a number is known this well, at 95 % confidence: 'p99(ttft) ±5%'. Needs --number or --duration as a bound.",
      valueName: "goal"))
  var until: String?

  /// The options in the forms they are used in.
  struct Parsed: Sendable {
    var objectives: [ServiceLevelObjective] = []
    var thresholds: [Threshold] = []
    var baseline: RunSummary?
    var allowsInvalid = false
    var goal: PrecisionGoal?

    /// The thresholds held against a run that has ended; nil when there are none.
    func report(on result: RunResult) -> ThresholdReport? {
      guard !thresholds.isEmpty else { return nil }
      return ThresholdReport(
        thresholds, run: result.summary, verdict: result.verdict, baseline: baseline, allowsInvalid: allowsInvalid)
    }

    /// The status that the process exits with after a run that nothing broke.
    func status(of result: RunResult) -> ExitStatus {
      if result.summary.isPartial { return .interrupted }
      // A run that measured nothing can keep no threshold either.
      if result.summary.counts.total == 0 { return .failed }
      if let report = report(on: result), !report.isPassed { return .thresholdMissed }
      return result.summary.counts.succeeded == 0 ? .allFailed : .done
    }
  }

  /// Reads the options.
  ///
  /// - Throws: `UsageError` that says which part is wrong.
  func parsed(load: LoadOptions) throws -> Parsed {
    var parsed = Parsed()
    parsed.objectives = try goodput.map { try ServiceLevelObjective(parsing: $0) }
    for (place, objective) in parsed.objectives.enumerated() {
      try require(
        !parsed.objectives[..<place].contains { $0.metric == objective.metric },
        "--goodput limits \(objective.metric.rawValue) twice: give one limit for each metric")
    }
    parsed.thresholds = try failIf.map { try Threshold(parsing: $0) }
    parsed.allowsInvalid = allowInvalid
    try ThresholdReport.check(
      parsed.thresholds, hasBaseline: baseline != nil, hasObjectives: !parsed.objectives.isEmpty)
    try require(
      baseline == nil || parsed.thresholds.contains(where: \.needsBaseline),
      "--baseline is for thresholds that name it, such as --fail-if 'p95(latency) > 1.1 × baseline'")
    try require(junit == nil || !failIf.isEmpty, "--junit writes the outcome of thresholds: give --fail-if")
    try require(!allowInvalid || !failIf.isEmpty, "--allow-invalid is about thresholds: give --fail-if")
    parsed.baseline = try baseline.map { try SavedRun.baseline($0) }
    if let until {
      parsed.goal = try PrecisionGoal(parsing: until)
      try require(
        load.number != nil || load.duration != nil,
        "--until needs a bound for the case that it is never reached: give --number or --duration")
    }
    return parsed
  }
}

extension CheckOptions {
  /// The options for all but the parser, in the order of the help.
  static let declared: [PerfOption] = [
    .list("goodput") { $0.checks.goodput },
    .list("fail-if", repeated: true) { $0.checks.failIf },
    PerfOption("baseline") { .optional($0.checks.baseline) },
    PerfOption("junit") { .optional($0.checks.junit) },
    .flag("allow-invalid") { $0.checks.allowInvalid },
    PerfOption("until") { .optional($0.checks.until) },
  ]
}
