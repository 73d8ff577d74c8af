/// Times of requests in seconds, over the successes. Each is empty when the metric does not exist in the run.
public struct RequestTimes: Sendable, Hashable {
  public var latency = Distribution()
  public var responseTime = Distribution()
  public var timeToFirstToken = Distribution()
  public var scheduledTimeToFirstToken = Distribution()
  public var timeToFirstOutput = Distribution()
  public var timePerOutputToken = Distribution()
  /// 1 ÷ TPOT, per second.
  public var outputRatePerUser = Distribution()
  /// The longest gap between the events of each answer.
  public var maxStall = Distribution()
  /// Over everything that was sent on a connection of its own.
  public var connectTime = Distribution()
  /// Latency and response time with failures as +∞: percentiles are nil where they fall on a failure.
  public var latencyWithFailures = Distribution()
  public var responseTimeWithFailures = Distribution()

  /// No request yet.
  public init() {}
}

/// The times between the events of answers in seconds, those of all successes pooled.
public struct GapTimes: Sendable, Hashable {
  public var interChunkLatency = Distribution()
  public var interTokenLatency = Distribution()
  /// Whether `interTokenLatency` is estimated, because the service does not tell tokens event by event.
  public var isEstimated = true
  /// Share of inter-chunk gaps that are zero, because one read brought several events.
  public var zeroShare: Double?
  /// Share of inter-chunk gaps that are zero because the client read late: their events came apart and share the stamp of
  /// the read. Each makes the gap before it too long.
  public var lateShare: Double?

  /// No gap yet.
  public init() {}
}

/// How late the client was, in seconds, and how its stamps came about.
public struct ClientTimes: Sendable, Hashable {
  public var scheduleLag = Distribution()
  /// The schedule lag without the time to connect, which is the service's: start of connect, or sent, − due. In a closed
  /// loop without the first wave, which is due in one instant.
  public var startLag = Distribution()
  /// The distance between the kernel's receive time and our read, the longest of each request.
  public var readDelay = Distribution()
  /// By how much earlier than its stamp a first token may have come, and TTFT as if each had come so early: what was read
  /// late, together with what followed it, has the stamp of its last segment.
  public var firstSlack = Distribution()
  public var earliestTimeToFirstToken = Distribution()
  /// Share of responses stamped by the kernel.
  public var kernelStampedShare: Double?

  /// Nothing known.
  public init() {}
}

/// How sure mean and percentiles of some times are.
public struct CertaintyOfTimes: Sendable, Hashable {
  public var timeToFirstToken = MetricIntervals()
  public var latency = MetricIntervals()

  /// Nothing known.
  public init() {}
}
