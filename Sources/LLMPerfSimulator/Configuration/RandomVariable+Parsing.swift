package import LLMPerf

extension RandomVariable {
  /// What the numbers of a distribution count.
  package enum Unit: Sendable {
    /// Durations with a unit: `200ms`, `1.5s`, `80us`. Kept in nanoseconds.
    case duration
    /// Plain numbers.
    case count

    func parse(_ text: Substring) -> Double? {
      switch self {
      case .duration: Double.nanoseconds(text)
      case .count: Double(finite: text).flatMap { $0 <= Double(SimulatorConfiguration.mostTokens) ? $0 : nil }
      }
    }

    var example: String {
      switch self {
      case .duration:
        "200ms, uniform:50ms,150ms, normal:MEAN,SD, lognormal:MEDIAN,SIGMA, gamma:MEAN,SHAPE or exp:MEAN, with us, ms or s"
      case .count:
        "128, uniform:16,256, normal:MEAN,SD, lognormal:MEDIAN,SIGMA, gamma:MEAN,SHAPE or exp:MEAN"
      }
    }
  }

  /// Reads `200ms`, `fixed:200ms`, `uniform:50ms,150ms`, `normal:MEAN,SD`, `lognormal:MEDIAN,SIGMA`, `gamma:MEAN,SHAPE`
  /// or `exp:MEAN`.
  ///
  /// - Throws: `UsageError` that quotes `text` and says what is accepted.
  package init(parsing text: String, _ unit: Unit) throws(UsageError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.count == 2 ? String(parts[0]) : "fixed"
    let numbers = parts[parts.count - 1].split(separator: ",", omittingEmptySubsequences: false)

    func number(_ index: Int, _ parse: (Substring) -> Double?) throws(UsageError) -> Double {
      guard let value = parse(numbers[index]) else {
        let place = text == numbers[index] ? "'\(text)'" : "'\(numbers[index])' in '\(text)'"
        throw UsageError("\(place) is not understood; accepted: \(unit.example).")
      }
      return value
    }
    func count(_ expected: Int) throws(UsageError) {
      guard numbers.count == expected else {
        throw UsageError("'\(text)' has \(numbers.count) numbers, \(name) takes \(expected): \(unit.example).")
      }
    }
    switch name {
    case "fixed":
      try count(1)
      self.init(.fixed(try number(0, unit.parse)))
    case "uniform":
      try count(2)
      let (from, to) = (try number(0, unit.parse), try number(1, unit.parse))
      guard from <= to else { throw UsageError("'\(text)' ends below its start; write the smaller number first.") }
      self.init(.uniform(from: from, to: to))
    case "normal":
      try count(2)
      self.init(.normal(mean: try number(0, unit.parse), deviation: try number(1, unit.parse)))
    case "lognormal":
      try count(2)
      self.init(.logNormal(median: try number(0, unit.parse), sigma: try number(1, Double.init(finite:))))
    case "gamma":
      try count(2)
      let shape = try number(1, Double.init(finite:))
      guard shape > 0 else { throw UsageError("The shape in '\(text)' must be above 0.") }
      self.init(.gamma(mean: try number(0, unit.parse), shape: shape))
    case "exp":
      try count(1)
      self.init(.exponential(mean: try number(0, unit.parse)))
    default:
      throw UsageError("'\(name)' in '\(text)' is no distribution; accepted: \(unit.example).")
    }
  }
}

extension Double {
  /// The longest delay that a setting takes or a draw gives: a year, in nanoseconds.
  static let longest = 366.0 * 24 * 3600 * 1e9

  /// A finite number that is not negative, in plain notation.
  init?(finite text: some StringProtocol) {
    guard let value = Double(String(text)), value.isFinite, value >= 0 else { return nil }
    self = value
  }

  /// A duration with its unit, a year at most, in nanoseconds. `0` needs none.
  static func nanoseconds(_ text: some StringProtocol) -> Double? {
    let text = String(text)
    for (suffix, scale) in [("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("ns", 1), ("s", 1e9)] where text.hasSuffix(suffix) {
      return Double(finite: text.dropLast(suffix.count)).flatMap { $0 * scale <= longest ? $0 * scale : nil }
    }
    return Double(finite: text) == 0 ? 0 : nil
  }
}
