/// A run's numbers by the original tool's own arithmetic, so that results can be held against old ones. Seconds.
///
/// The formulas are the original's, mistakes and all; none of them is used outside the member `legacy` of the JSON report.
public struct ClassicNumbers: Sendable, Hashable {
  /// From the start of the first request recorded to the end of the last.
  public var timeTaken: Double?
  /// Successes ÷ `timeTaken`.
  public var queriesPerSecond: Double?
  /// Mean of completed − start over successes.
  public var averageLatency: Double?
  /// Σ completion tokens ÷ `timeTaken`.
  public var outputTokenThroughput: Double?
  /// Mean time to the first event, which may be empty; the latency itself below two events.
  public var averageFirstChunkLatency: Double?
  /// `timeTaken` ÷ Σ completion tokens, the reciprocal of the throughput.
  public var timePerOutputToken: Double?
  /// Σ(events − 2) ÷ successes + 2, without the + 2 when the last success had one event.
  public var packagesPerRequest: Double?
  /// Σ(second-last − first event) ÷ Σ(events − 2).
  public var averagePackageLatency: Double?
  /// Percentiles of the first event's latency at index floor(n·p/100), p as in the classic report; empty below nine.
  public var firstChunkPercentiles: [Double] = []
  /// Percentiles of latency by the same rule.
  public var latencyPercentiles: [Double] = []

  /// Nothing known.
  public init() {}
}
