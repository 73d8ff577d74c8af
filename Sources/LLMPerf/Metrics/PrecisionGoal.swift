/// How sure a number must be before a run may stop: `p99(ttft) ±5%`.
public struct PrecisionGoal: Sendable, Hashable, CustomStringConvertible {
  /// What is told of the metric.
  public enum Statistic: Sendable, Hashable {
    /// The mean.
    case mean
    /// A percentile by nearest rank.
    case percentile(Double)
  }

  /// How far the true value may lie from the measured one.
  public enum Tolerance: Sendable, Hashable {
    /// A share of the measured value.
    case relative(Double)
    /// A time.
    case absolute(Duration)
  }

  /// What is told.
  public var statistic: Statistic
  /// Of which metric.
  public var metric: RequestMetric
  /// How sure it must be, at 95 %.
  public var tolerance: Tolerance

  /// Successes before a goal can be reached at all: the correlation between requests is not known from fewer.
  public static let fewestSuccesses = 30

  /// A goal written as `p99(ttft) ±5%`, `mean(latency) +-2%` or `p50(tpot) ±1ms`.
  ///
  /// - Throws: `UsageError` that says which part is wrong and what would be accepted.
  public init(parsing text: String) throws {
    let example = "a goal looks like p99(ttft) ±5%, mean(latency) ±2% or p50(tpot) ±1ms"
    let plain = text.trimmed
    guard let open = plain.firstIndex(of: "("), let close = plain.firstIndex(of: ")"), open < close else {
      throw UsageError("'\(text)' names no metric in parentheses; \(example)")
    }
    statistic = try Self.statistic(plain[..<open].trimmed, in: text, example)
    metric = try RequestMetric(parsing: plain[plain.index(after: open)..<close].trimmed)
    let rest = plain[plain.index(after: close)...].trimmed
    guard let sign = ["±", "+-", "+/-"].first(where: { rest.hasPrefix($0) }) else {
      throw UsageError("'\(text)' has no tolerance after the metric, such as ±5%; \(example)")
    }
    tolerance = try Self.tolerance(rest.dropFirst(sign.count).trimmed, in: text, example)
  }

  private static func statistic(_ name: String, in text: String, _ example: String) throws -> Statistic {
    let name = name.lowercased()
    if name == "mean" || name == "avg" { return .mean }
    if name == "median" { return .percentile(50) }
    let digits = name.dropFirst()
    guard name.hasPrefix("p"), digits.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." }), let p = Double(digits),
      p > 0, p < 100
    else {
      throw UsageError("'\(name)' in '\(text)' is neither mean nor a percentile between p0 and p100; \(example)")
    }
    return .percentile(p)
  }

  private static func tolerance(_ amount: String, in text: String, _ example: String) throws -> Tolerance {
    if amount.hasSuffix("%"), let percent = Double(amount.dropLast().trimmed), percent > 0, percent < 100 {
      return .relative(percent / 100)
    }
    let hasUnit = amount.last.map { $0.isLetter } ?? false
    guard hasUnit, let time = Duration(parsingTime: amount), time > .zero else {
      throw UsageError("the tolerance in '\(text)' is neither a share below 100% nor a time such as 5ms; \(example)")
    }
    return .absolute(time)
  }

  /// The goal as options write it.
  public var description: String {
    let name =
      switch statistic {
      case .mean: "mean"
      case .percentile(let p): "p\(JSON.double(p))"
      }
    let amount =
      switch tolerance {
      case .relative(let share): "\(JSON.double((share * 1e9).rounded() / 1e7))%"
      case .absolute(let time): "\(JSON.double((time.inSeconds * 1e9).rounded() / 1e6))ms"
      }
    return "\(name)(\(metric.rawValue)) ±\(amount)"
  }

  /// Whether `estimate` is sure enough: neither end of its interval is farther away than the tolerance.
  public func isReached(by estimate: Estimate?) -> Bool {
    guard let estimate, let interval = estimate.interval, estimate.count >= Self.fewestSuccesses else { return false }
    let distance = Swift.max(interval.high - estimate.value, estimate.value - interval.low)
    return switch tolerance {
    case .relative(let share): distance <= share * estimate.value
    case .absolute(let time): distance <= time.inSeconds
    }
  }
}

/// A number of a run and how sure it is. Seconds.
public struct Estimate: Sendable, Hashable {
  /// The measured value.
  public var value: Double
  /// The 95 % interval; nil when the sample is too small for one.
  public var interval: ConfidenceInterval?
  /// Values measured.
  public var count: Int

  /// A measured value.
  public init(value: Double, interval: ConfidenceInterval?, count: Int) {
    self.value = value
    self.interval = interval
    self.count = count
  }
}

extension SummaryBuilder {
  /// What is known so far of the number that `goal` is about; nil when nothing is. Costs as much as sorting the values.
  ///
  /// - Throws: when values that were put into a temporary file cannot be read back.
  public func estimate(for goal: PrecisionGoal) throws -> Estimate? {
    let series = try series(of: goal.metric)
    let sample = Distribution(series)
    switch goal.statistic {
    case .mean:
      guard let mean = sample.mean else { return nil }
      let effective = Double(series.count) / correlationTime(of: series)
      return Estimate(value: mean, interval: sample.meanInterval(effectiveCount: effective), count: sample.count)
    case .percentile(let p):
      guard let value = sample.percentile(p) else { return nil }
      return Estimate(value: value, interval: sample.percentileInterval(p, series: series), count: sample.count)
    }
  }
}

/// Asks now and then whether a run's goals are reached.
///
/// A goal looked at often enough is reached by chance once. So it is looked at only when there are a tenth more requests
/// than the last time, which also keeps the cost of all looks in proportion to the run, and must be reached twice in a row.
public struct PrecisionWatch {
  /// The goals, all of which must be reached.
  public let goals: [PrecisionGoal]
  private var nextCount = PrecisionGoal.fewestSuccesses
  private var wasReached = false
  /// What the last look found, goal by goal.
  public private(set) var estimates: [Estimate?] = []

  /// How many more requests there are at each look.
  static let growth = 1.1

  /// A watch over `goals`; without any, it is never reached.
  public init(goals: [PrecisionGoal]) {
    self.goals = goals
  }

  /// Whether the run may stop. Call it as often as you like.
  ///
  /// - Throws: when values that were put into a temporary file cannot be read back.
  public mutating func isReached(by builder: SummaryBuilder) throws -> Bool {
    let count = builder.whole.counts.succeeded
    guard !goals.isEmpty, count >= nextCount else { return false }
    nextCount = Int(Double(count) * Self.growth) + 1
    estimates = try goals.map { try builder.estimate(for: $0) }
    let isReached = zip(goals, estimates).allSatisfy { $0.isReached(by: $1) }
    defer { wasReached = isReached }
    return isReached && wasReached
  }
}
