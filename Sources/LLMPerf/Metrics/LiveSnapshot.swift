/// A run so far, for the progress line. Percentiles are off by 0.1 % at most. Times are seconds.
public struct LiveSnapshot: Sendable, Hashable {
  /// Requests that ended, and failed ones of those; warm-up left out.
  public var done = 0
  public var failed = 0
  /// Warm-up requests that ended.
  public var warmup = 0
  /// Mean and percentiles of TTFT; nil before the first one.
  public var meanTimeToFirstToken: Double?
  public var timeToFirstTokenP50: Double?
  public var timeToFirstTokenP99: Double?
  /// Mean and percentiles of latency; nil before the first success.
  public var meanLatency: Double?
  public var latencyP50: Double?
  public var latencyP99: Double?
  /// First `sentAt` to last `endedAt` so far.
  public var runTime: Double?
  /// Successes ÷ run time.
  public var requestThroughput: Double?
  /// Output tokens so far ÷ run time, by the source that holds so far; nil without one.
  public var outputTokenThroughput: Double?
  /// Totals so far by that source.
  public var inputTokens: Int?
  public var outputTokens: Int?
  /// Events with data so far and successes, for means.
  public var events = 0
  public var succeeded: Int { done - failed }

  /// Nothing ended yet.
  public init() {}
}
