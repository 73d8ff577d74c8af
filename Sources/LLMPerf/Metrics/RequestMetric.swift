/// A metric that each request has one value of, by the name that options and reports use. Seconds.
public enum RequestMetric: String, CaseIterable, Sendable {
  /// First token − sent.
  case timeToFirstToken = "ttft"
  /// First token − due.
  case scheduledTimeToFirstToken = "scheduled-ttft"
  /// First visible output − sent.
  case timeToFirstOutput = "ttfo"
  /// Last token − sent when streamed, ended − sent when not.
  case latency
  /// The same end − due.
  case responseTime = "response-time"
  /// (last token − first token) ÷ (output tokens − tokens in the first event).
  case timePerOutputToken = "tpot"
  /// The request's mean gap between events with output: (last token − first token) ÷ (events with output − 1).
  case interTokenLatency = "itl"
  /// The request's longest gap.
  case maxStall = "max-stall"
  /// Sent − due.
  case scheduleLag = "schedule-lag"
  /// Connected − start of connect.
  case connectTime = "connect-time"

  /// The same counted from the due time, where it is counted from the send; itself otherwise.
  public var fromDueTime: RequestMetric {
    switch self {
    case .timeToFirstToken: .scheduledTimeToFirstToken
    case .latency: .responseTime
    default: self
    }
  }

  /// The metric that a user calls `name`: as in reports, or `e2el` and `e2e` for latency, underscores for hyphens.
  ///
  /// - Throws: `UsageError` that names the known ones.
  public init(parsing name: String) throws {
    let plain = String(name.lowercased().map { $0 == "_" ? "-" : $0 })
    let aliases: [String: RequestMetric] = ["e2el": .latency, "e2e": .latency]
    guard let metric = RequestMetric(rawValue: plain) ?? aliases[plain] else {
      let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("the metric '\(name)' is not known; use one of \(known)")
    }
    self = metric
  }
}

extension RequestColumns {
  /// The metric's value of each row in seconds, NaN where it does not exist. Only successes have values, but for
  /// schedule lag and connect time, which every request has that was sent.
  func seconds(of metric: RequestMetric, by source: TokenSource) throws -> [Double] {
    switch metric {
    case .timeToFirstToken: try difference(.firstToken, .sent)
    case .scheduledTimeToFirstToken: try difference(.firstToken, .due)
    case .timeToFirstOutput: try difference(.firstVisible, .sent)
    case .latency: try difference(.finished, .sent)
    case .responseTime: try difference(.finished, .due)
    case .timePerOutputToken: try timePerOutputToken(by: source)
    case .interTokenLatency:
      try combinePresent(.tokenSpan, .tokenEvents) { $1 > 1 ? Double($0) / Double($1 - 1) / 1e9 : .nan }
    case .maxStall: try seconds(.longestGap)
    case .scheduleLag: try difference(.sent, .due)
    case .connectTime: try seconds(.connectTime)
    }
  }

  /// `end − start` of each row in seconds, NaN where one of them is absent.
  func difference(_ end: RequestColumn, _ start: RequestColumn) throws -> [Double] {
    try combinePresent(end, start) { Double($0 - $1) / 1e9 }
  }

  /// The column in seconds, NaN where it is absent.
  func seconds(_ column: RequestColumn) throws -> [Double] {
    try combine(column, column) { value, _ in value == RequestColumn.absent ? .nan : Double(value) / 1e9 }
  }

  /// The counts of tokens by `source`; NaN where unknown.
  func tokens(_ direction: TokenDirection, by source: TokenSource) throws -> [Double] {
    guard let column = direction.column(of: source) else { return [] }
    return try combine(column, column) { value, _ in value == RequestColumn.absent ? .nan : Double(value) }
  }

  private func timePerOutputToken(by source: TokenSource) throws -> [Double] {
    guard let column = TokenDirection.output.column(of: source) else { return [] }
    // The tokens behind the first event, which the span is for; too few of them give no time.
    var times = try combine(column, .firstEventTokens) { output, first in
      output == RequestColumn.absent || output < 2 || output <= first ? .nan : Double(output.subtractingClamped(first))
    }
    try forEach(.tokenSpan) { row, span in
      times[row] = span == RequestColumn.absent ? .nan : Double(span) / 1e9 / times[row]
    }
    return times
  }

  private func combinePresent(
    _ left: RequestColumn, _ right: RequestColumn, _ value: (Int64, Int64) -> Double
  ) throws -> [Double] {
    try combine(left, right) { $0 == RequestColumn.absent || $1 == RequestColumn.absent ? .nan : value($0, $1) }
  }
}

/// Which tokens are counted.
enum TokenDirection {
  case input, output

  /// Where the counts of `source` are kept; nil without a source.
  func column(of source: TokenSource) -> RequestColumn? {
    switch (self, source) {
    case (.input, .usage): .usageInput
    case (.input, .tokenizer): .countedInput
    case (.output, .usage): .usageOutput
    case (.output, .tokenizer): .countedOutput
    case (_, .none): nil
    }
  }
}
