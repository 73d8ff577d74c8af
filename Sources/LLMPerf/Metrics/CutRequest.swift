/// What is kept of a request that was left before its end: it is in no sample, and only misses the limits that had passed.
struct CutRequest {
  private let dueAt: RunInstant
  /// When it was sent; nil when it got no connection.
  let sentAt: RunInstant?
  private let connectStartedAt: RunInstant?
  private let connectedAt: RunInstant?
  private let firstTokenAt: RunInstant?
  private let firstVisibleAt: RunInstant?
  private let lastTokenAt: RunInstant?
  private let longestGap: Duration?
  /// When it was left.
  let endedAt: RunInstant
  /// The slices that it is in.
  let parts: PackedParts

  /// What is known of such a request; nil when it did not say when it was left.
  init?(_ record: RequestRecord, _ parts: PackedParts) {
    guard let endedAt = record.endedAt else { return nil }
    self.endedAt = endedAt
    self.parts = parts
    dueAt = record.dueAt
    sentAt = record.sentAt
    connectStartedAt = record.connectStartedAt
    connectedAt = record.connectedAt
    firstTokenAt = record.firstTokenAt
    firstVisibleAt = record.firstVisibleAt
    lastTokenAt = record.lastTokenAt
    longestGap = record.maxStall
  }

  /// Whether the request had used up the objective's limit when it was cut, whatever would have come.
  func missed(_ limit: Duration, of metric: RequestMetric) -> Bool {
    leastValue(of: metric).map { $0 > limit } ?? false
  }

  /// What the metric would have come to at least; nil where that cannot be told, as of a mean.
  private func leastValue(of metric: RequestMetric) -> Duration? {
    switch metric {
    case .timeToFirstToken: sentAt.map { (firstTokenAt ?? endedAt) - $0 }
    case .scheduledTimeToFirstToken: (firstTokenAt ?? endedAt) - dueAt
    case .timeToFirstOutput: sentAt.map { (firstVisibleAt ?? endedAt) - $0 }
    case .latency: sentAt.map { endedAt - $0 }
    case .responseTime: endedAt - dueAt
    case .maxStall: lastTokenAt.map { max(endedAt - $0, longestGap ?? .zero) }
    case .scheduleLag: (sentAt ?? endedAt) - dueAt
    case .connectTime: connectStartedAt.map { (connectedAt ?? endedAt) - $0 }
    case .timePerOutputToken, .interTokenLatency: nil
    }
  }
}
