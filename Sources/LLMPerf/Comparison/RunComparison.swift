/// Runs side by side: how they were configured, whether they can be compared at all, and metric by metric what differs.
///
/// The first run is the baseline. Each metric that has a value per request is put to a rank test that allows for values
/// which depend on those before them; p-values are corrected for the number of tests (Holm), so that two equal runs are
/// called different anywhere with a probability of at most `level`. What the test can not know is how much two runs of one
/// and the same service differ from each other: that takes several runs of each.
public struct RunComparison: Sendable {
  /// An option or fact that is not the same in all runs.
  public struct ConfigurationDifference: Sendable, Hashable {
    /// The long name of the option, or the fact's name.
    public var name: String
    /// Its value in each run; nil where it has none.
    public var values: [String?]
  }

  /// A metric that is one number of a run; nothing can be tested of it.
  public struct ScalarComparison: Sendable {
    /// The metric.
    public var metric: SummaryMetric
    /// Its value in each run.
    public var values: [Double?]
  }

  /// The runs; the first one is the baseline.
  public var runs: [RunResult]
  /// The probability of calling equal runs different.
  public var level: Double
  /// What was configured differently.
  public var configuration: [ConfigurationDifference]
  /// Why the runs may not be comparable.
  public var warnings: [String]
  /// The metrics with values per request.
  public var metrics: [MetricComparison]
  /// The other metrics.
  public var scalars: [ScalarComparison]

  /// Compares `runs` with the first of them.
  ///
  /// - Throws: `UsageError` when there are fewer than two.
  public init(_ runs: [ComparableRun], level: Double = 0.05) throws {
    guard runs.count >= 2 else { throw UsageError("compare needs two runs or more: llmuses compare A.db B.db …") }
    self.runs = runs.map(\.result)
    self.level = level
    configuration = Self.configurationDifferences(self.runs)
    // In a closed loop a request is due when its slot is free: its response time says what its latency says.
    let isClosedLoop = self.runs.allSatisfy { !$0.run.load.isOpenLoop }
    let compared = ComparedMetric.allCases.filter { !(isClosedLoop && $0 == .responseTime) }
    metrics = compared.compactMap { metric in
      MetricComparison(metric, samples: runs.map { $0.columns[metric] ?? [] })
    }
    scalars = SummaryMetric.scalars.filter { Self.comparedScalars.contains($0.name) }.compactMap { metric in
      let values = runs.map { metric.value(in: $0.result.summary) }
      return values.contains { $0 != nil } ? ScalarComparison(metric: metric, values: values) : nil
    }
    warnings = []
    correct()
    warnings = ComparisonWarnings(self).all
  }

  /// Whether any metric of any run differs from the baseline.
  public var foundDifference: Bool { metrics.contains { $0.differences.contains(where: \.isDifferent) } }

  /// How many pairs of samples were put to the test.
  var testCount: Int { metrics.reduce(0) { $0 + $1.differences.count } }

  /// Names for the runs that tell them apart: their own, with a number where two share one.
  public var labels: [String] {
    runs.indices.map { index in
      let name = runs[index].run.name
      return runs.filter { $0.run.name == name }.count > 1 ? "\(name) (\(index + 1))" : name
    }
  }

  private mutating func correct() {
    let places = metrics.indices.flatMap { metric in metrics[metric].differences.indices.map { (metric, $0) } }
    let adjusted = HolmCorrection.adjusted(places.map { metrics[$0.0].differences[$0.1].pValue })
    for ((metric, run), pValue) in zip(places, adjusted) {
      metrics[metric].differences[run].adjustedPValue = pValue
      metrics[metric].differences[run].isDifferent = pValue < level
    }
  }

  private static let comparedScalars: Set = [
    "total_requests", "succeeded_requests", "failed_requests", "run_time", "request_throughput",
    "output_token_throughput", "total_token_throughput", "goodput", "attainment", "scheduled_goodput",
    "scheduled_attainment", "offered_rate", "achieved_rate",
    "steady_request_throughput", "steady_output_token_throughput", "peak_in_flight", "total_input_tokens",
    "total_output_tokens",
  ]

  private static func configurationDifferences(_ runs: [RunResult]) -> [ConfigurationDifference] {
    let facts = runs.map { result in
      let run = result.run
      let fixed: [(name: String, value: JSON)] = [
        ("model", .string(run.model)), ("api", .string(run.api)), ("url", .string(run.url)),
        ("parallel", .optional(run.parallel)), ("version", .string(run.version)),
      ]
      // Each run has a seed. Where nothing is drawn from it, it says nothing.
      let drawn: [(name: String, value: JSON)] =
        runs.contains { drawsFromSeed($0.run) } ? [("seed", .string(String(run.seed)))] : []
      let options = run.configuration.filter { option in
        !fixed.contains { $0.name == option.name } && option.name != "seed" && !concernsOutput(option.name)
      }
      return fixed + drawn + options + run.machine.map { ("machine: \($0.name)", $0.value) }
    }
    var names: [String] = []
    for name in facts.joined().map(\.name) where !names.contains(name) { names.append(name) }
    return names.compactMap { name in
      let values = facts.map { $0.last { $0.name == name }.flatMap { text($0.value) } }
      return Set(values).count > 1 ? ConfigurationDifference(name: name, values: values) : nil
    }
  }

  /// Whether anything of the run depends on its seed: the arrivals of an open loop, or what a user's own data set makes of it.
  private static func drawsFromSeed(_ run: RunDescription) -> Bool {
    func option(_ name: String) -> JSON? { run.configuration.last { $0.name == name }?.value }
    return run.load.isOpenLoop && run.load.rate != .infinity
      || option("dataset")?.stringValue?.hasSuffix(".py") == true
  }

  /// Options that say where results go and how they are shown: two runs that differ in these were the same test.
  private static func concernsOutput(_ option: String) -> Bool {
    outputOptions.contains(option) || ["wandb-", "mlflow-", "otlp-", "metrics-"].contains { option.hasPrefix($0) }
  }

  private static let outputOptions: Set = [
    "name", "save", "output-json", "output-html", "log-every-n-query", "quiet", "debug", "live", "dashboard", "junit",
    "fail-if", "baseline", "allow-invalid", "goodput",
  ]

  private static func text(_ value: JSON) -> String? {
    if let values = value.arrayValue { return values.isEmpty ? nil : values.compactMap(text).joined(separator: ", ") }
    return value == .null ? nil : value.stringValue ?? value.description
  }
}
