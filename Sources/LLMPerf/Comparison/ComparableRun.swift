/// A run as comparison needs it: what it was, its numbers, and the values of each request in the order of sending.
public struct ComparableRun: Sendable {
  /// What the run was, its numbers, and whether they can be trusted.
  public var result: RunResult
  /// The values of each metric; requests that have none are left out.
  var columns: [ComparedMetric: [Double]]

  /// A run and its requests; warm-up requests among them are left out.
  public init(_ result: RunResult, rows: some Sequence<ReportRow>) {
    self.result = result
    let sent = rows.filter { $0.phase == .measured && $0.sent != nil }.sorted {
      ($0.sent ?? 0, $0.index) < ($1.sent ?? 0, $1.index)
    }
    columns = Dictionary(uniqueKeysWithValues: ComparedMetric.allCases.map { ($0, sent.compactMap($0.value)) })
  }
}

/// A metric whose values request by request are held against those of another run.
public enum ComparedMetric: String, Sendable, CaseIterable {
  case timeToFirstToken = "ttft"
  case timePerOutputToken = "tpot"
  case maxStall = "max_stall"
  case latency
  case responseTime = "response_time"
  case outputTokens = "output_tokens"
  case failed = "error_rate"

  /// Its name for people.
  public var label: String {
    switch self {
    case .timeToFirstToken: "Time to first token"
    case .timePerOutputToken: "Time per output token"
    case .maxStall: "Longest gap between chunks"
    case .latency: "Latency"
    case .responseTime: "Response time from the schedule"
    case .outputTokens: "Output tokens"
    case .failed: "Error rate"
    }
  }

  /// What its values are.
  public var unit: SummaryMetric.Unit {
    switch self {
    case .outputTokens: .count
    case .failed: .share
    default: .seconds
    }
  }

  /// The value of one request; nil when it has none.
  func value(of row: ReportRow) -> Double? {
    switch self {
    case .failed: return row.ending.isOwn ? (row.succeeded ? 0 : 1) : nil
    case _ where !row.succeeded: return nil
    case .timeToFirstToken: return row.timeToFirstToken
    case .timePerOutputToken: return row.timePerOutputToken
    case .maxStall: return row.maxStall
    case .latency: return row.latency
    case .responseTime: return row.responseTime
    case .outputTokens: return row.outputTokens.map(Double.init)
    }
  }

  /// The words for a difference, when values went up and when they went down.
  var words: (up: String, down: String) {
    switch self {
    case .outputTokens: ("more", "fewer")
    case .failed: ("more failures", "fewer failures")
    default: ("slower", "faster")
    }
  }
}
