/// A limit on a metric that a good request keeps.
///
/// A request meets it when it succeeded, has a value of the metric, and the value is at most the limit. So an answer
/// that was not streamed misses every limit on its first token.
public struct ServiceLevelObjective: Sendable, Hashable, CustomStringConvertible {
  /// What is limited.
  public var metric: RequestMetric
  /// The largest value that is good.
  public var limit: Duration

  /// `metric` must be at most `limit`.
  public init(_ metric: RequestMetric, limit: Duration) {
    self.metric = metric
    self.limit = limit
  }

  /// An objective such as `ttft:200ms` or `latency<=2s`; `<`, `<=` and `:` are the same. The unit must be there: other
  /// tools take a bare number for milliseconds, and others for seconds.
  ///
  /// - Throws: `UsageError` that says what was expected.
  public init(parsing text: String) throws {
    let expectation = "an objective is a metric and its limit, such as ttft:200ms or latency:2s"
    guard let mark = text.firstIndex(where: { $0 == "<" || $0 == ":" }) else {
      throw UsageError("--goodput '\(text)' has no limit; \(expectation)")
    }
    do {
      metric = try RequestMetric(parsing: text[..<mark].trimmed)
    } catch let error as UsageError {
      throw UsageError("--goodput '\(text)': \(error.message)")
    }
    let rest = text[text.index(after: mark)...]
    let time = (rest.hasPrefix("=") ? rest.dropFirst() : rest).trimmed
    guard Double(time)?.isFinite != true else {
      throw UsageError("--goodput '\(text)': the limit has no unit; \(expectation)")
    }
    guard let limit = Duration(parsingTime: time), limit > .zero else {
      throw UsageError("--goodput '\(text)': the limit is not a positive time; \(expectation)")
    }
    self.limit = limit
  }

  /// The objective as options write it: `ttft<=200ms`.
  public var description: String {
    let milliseconds = JSON.double(limit.inSeconds * 1e3)
    return "\(metric.rawValue)<=\(milliseconds)ms"
  }
}

/// How well a run kept one objective.
public struct ObjectiveResult: Sendable, Hashable {
  /// The objective.
  public var objective: ServiceLevelObjective
  /// Requests that met it ÷ all scheduled ones: failed and never sent ones are among them, and of those that the end of
  /// the run cut the ones whose limit had passed. Nil when there is none.
  public var attainment: Double?
  /// The same with TTFT and latency counted from the due time.
  public var scheduledAttainment: Double?
}

extension Duration {
  /// A time such as `200ms`, `1.5s`, `80us`, `2m` or, in seconds, `0.2`; nil for anything else.
  init?(parsingTime text: String) {
    let units: [(name: String, seconds: Double)] = [
      ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("s", 1), ("m", 60), ("h", 3600), ("", 1),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.name) }),
      let number = Double(text.dropLast(unit.name.count).trimmed),
      // Thirty years, and far from what nanoseconds cannot count.
      case let seconds = number * unit.seconds, seconds.magnitude < 1e9
    else { return nil }
    self = .nanoseconds(Int64((seconds * 1e9).rounded()))
  }
}

extension StringProtocol {
  /// The text without white space around it.
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return String(self[first...last])
  }
}
