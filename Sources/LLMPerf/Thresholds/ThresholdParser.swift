extension Threshold {
  /// The threshold written as `text`: `VALUE COMPARISON BOUND`.
  ///
  /// `VALUE` is a metric that is one number (`goodput`), or `mean`, `min`, `max` or a percentile (`p50`, `p99.9`) of one
  /// that is a sample (`p99(ttft)`). `COMPARISON` is `>`, `>=`, `<`, `<=`, `==` or `!=`. `BOUND` is a number with a unit,
  /// or a multiple of the baseline run's value: `baseline`, `1.1 × baseline`, `1.1x baseline`, `1.1 * baseline`,
  /// `110% baseline`, `baseline + 10%`.
  ///
  /// - Throws: `UsageError` with the position of the mistake and what is accepted there.
  public init(parsing text: String) throws {
    var parser = ThresholdParser(text)
    self = try parser.threshold()
  }
}

/// Reads one threshold from left to right.
private struct ThresholdParser {
  private let text: String
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  mutating func threshold() throws -> Threshold {
    let (statistic, metric, name) = try value()
    let comparison = try comparison()
    let bound = try bound(for: metric, called: name)
    skipSpace()
    guard position == scalars.count else {
      throw error(at: position, "«\(rest)» is left over; join several thresholds by giving --fail-if again")
    }
    return Threshold(
      description: Self.trimmed(text), metric: metric, statistic: statistic, comparison: comparison, bound: bound)
  }

  /// The metric, which value of it, and its name as it stands there.
  private mutating func value() throws -> (Threshold.Statistic?, SummaryMetric, String) {
    skipSpace()
    let start = position
    let name = word()
    guard let first = name.unicodeScalars.first, first.properties.isAlphabetic else {
      throw error(at: start, "a metric is expected, as in p99(ttft) > 500ms or error_rate > 1%")
    }
    skipSpace()
    guard take("(") else {
      let metric = try metric(name, at: start)
      guard !metric.isDistribution else {
        throw error(
          at: start,
          "\(name) is a sample; say which value of it: mean(\(name)), p50(\(name)), p99(\(name)), min(\(name)) or max(\(name))"
        )
      }
      return (nil, metric, name)
    }
    let statistic = try statistic(name, at: start)
    skipSpace()
    let metricStart = position
    let metricName = word()
    guard !metricName.isEmpty else { throw error(at: metricStart, "the name of a metric is expected after «\(name)(»") }
    let metric = try metric(metricName, at: metricStart)
    guard metric.isDistribution else {
      throw error(at: start, "\(metricName) is one number and has no \(name); write \(metricName) alone")
    }
    skipSpace()
    guard take(")") else { throw error(at: position, "«)» is expected after «\(name)(\(metricName)»") }
    return (statistic, metric, metricName)
  }

  private func statistic(_ name: String, at start: Int) throws -> Threshold.Statistic {
    switch name.lowercased() {
    case "mean", "avg", "average": return .mean
    case "min": return .minimum
    case "max": return .maximum
    case "median": return .percentile(50)
    case let name where name.hasPrefix("p"):
      if let p = Double(name.dropFirst()), p > 0, p <= 100 { return .percentile(p) }
      throw error(at: start, "«\(name)» is not a percentile; write p and a number above 0 and at most 100, as in p99.9")
    default:
      throw error(at: start, "«\(name)» is not known; use mean, min, max, median or a percentile such as p99")
    }
  }

  private func metric(_ name: String, at start: Int) throws -> SummaryMetric {
    if let metric = SummaryMetric.named(name) { return metric }
    let names = SummaryMetric.all.map(\.name)
    let nearest = NearestName.of(name, in: names).map { "did you mean \($0)? " } ?? ""
    throw error(
      at: start, "«\(name)» is not a metric; \(nearest)metrics are \(names.joined(separator: ", "))")
  }

  private mutating func comparison() throws -> Threshold.Comparison {
    skipSpace()
    for comparison in Threshold.Comparison.allCases where take(comparison.rawValue) { return comparison }
    if take("≥") { return .greaterOrEqual }
    if take("≤") { return .lessOrEqual }
    throw error(at: position, "a comparison is expected: >, >=, <, <=, == or !=")
  }

  private mutating func bound(for metric: SummaryMetric, called name: String) throws -> Threshold.Bound {
    skipSpace()
    if takeWord("baseline") { return .baseline(factor: try factorBehind()) }
    let start = position
    guard let number = number() else {
      throw error(
        at: start,
        "a bound is expected: \(Quantity.accepted(by: metric.unit)), or a multiple of the baseline such as 1.1 × baseline"
      )
    }
    skipSpace()
    let unitStart = position
    let isShare = take("%")
    skipSpace()
    if takeTimes() {
      skipSpace()
      guard takeWord("baseline") else { throw error(at: position, "«baseline» is expected after «×»") }
      return .baseline(factor: isShare ? number / 100 : number)
    }
    if takeWord("baseline") { return .baseline(factor: isShare ? number / 100 : number) }
    position = unitStart
    let unit = unitText()
    guard let value = Quantity.value(number, unit, in: metric.unit) else {
      let said = unit.isEmpty ? "the number has no unit" : "«\(unit)» is not a unit of it"
      throw error(at: unitStart, "\(name) takes \(Quantity.accepted(by: metric.unit)); \(said)")
    }
    return .value(value)
  }

  /// What follows `baseline`: nothing, `× 1.1`, `+ 10%` or `- 10%`.
  private mutating func factorBehind() throws -> Double {
    skipSpace()
    if takeTimes() {
      skipSpace()
      guard let factor = number() else { throw error(at: position, "a number is expected, as in baseline × 1.1") }
      return factor
    }
    let isMore = take("+")
    guard isMore || take("-") || take("−") else { return 1 }
    skipSpace()
    let start = position
    guard let share = number() else { throw error(at: start, "a share is expected, as in baseline + 10%") }
    skipSpace()
    guard take("%") else { throw error(at: position, "«%» is expected, as in baseline + 10%") }
    return 1 + (isMore ? share : -share) / 100
  }

  private mutating func word() -> String {
    let start = position
    while position < scalars.count, isWordScalar(scalars[position]) { position += 1 }
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }

  private func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-" || scalar == "."
  }

  private mutating func number() -> Double? {
    let start = position
    while position < scalars.count, ("0"..."9").contains(scalars[position]) || scalars[position] == "." {
      position += 1
    }
    guard let number = Double(String(String.UnicodeScalarView(scalars[start..<position]))) else {
      position = start
      return nil
    }
    return number
  }

  private mutating func unitText() -> String {
    let start = position
    while position < scalars.count, !isSpace(scalars[position]) { position += 1 }
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }

  /// `×`, `*` or an `x` that does not begin a word.
  private mutating func takeTimes() -> Bool {
    if take("×") || take("*") { return true }
    guard position < scalars.count, scalars[position] == "x" || scalars[position] == "X" else { return false }
    guard
      position + 1 == scalars.count || !isWordScalar(scalars[position + 1]) || rest.dropFirst().hasPrefix("baseline")
    else { return false }
    position += 1
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    let end = position + word.unicodeScalars.count
    guard rest.lowercased().hasPrefix(word) else { return false }
    if end < scalars.count, isWordScalar(scalars[end]), !("0"..."9").contains(scalars[end]), scalars[end] != "x" {
      return false
    }
    position = end
    return true
  }

  private mutating func take(_ token: String) -> Bool {
    guard rest.hasPrefix(token) else { return false }
    position += token.unicodeScalars.count
    return true
  }

  private mutating func skipSpace() {
    while position < scalars.count, isSpace(scalars[position]) { position += 1 }
  }

  private func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

  private var rest: String { String(String.UnicodeScalarView(scalars[position...])) }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }

  private func error(at position: Int, _ message: String) -> UsageError {
    UsageError("--fail-if '\(text)', character \(position + 1): \(message)")
  }
}
