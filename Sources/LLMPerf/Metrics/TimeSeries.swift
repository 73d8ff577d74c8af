/// The run over time: buckets of one second, which double their width when there are more than 3,600.
public struct TimeSeries: Sendable, Hashable {
  /// What happened in one bucket.
  public struct Bucket: Sendable, Hashable {
    /// Seconds from the run's start.
    public var start: Double
    /// Requests sent, ended, and failed ones of those.
    public var sent: Int
    public var ended: Int
    public var failed: Int
    /// Requests in flight at the bucket's end.
    public var inFlight: Int
    /// Output tokens by the time of their events; nil without a token source.
    public var outputTokens: Double?
    /// Percentiles of TTFT over the first tokens that came in the bucket; nil when none came.
    public var timeToFirstTokenP50: Double?
    public var timeToFirstTokenP99: Double?
  }

  /// Buckets at most.
  public static let capacity = 3600

  /// Seconds of one bucket.
  public var width = 1.0
  /// The buckets from the run's start on, quiet ones included.
  public var buckets: [Bucket] = []

  /// No time has passed.
  public init() {}

  /// The series of `activity`. `firstTokens` and `timesToFirstToken` belong together request by request: when the first
  /// token came, in nanoseconds, and its TTFT in seconds, NaN where there was none.
  init(_ activity: ActivitySeries, firstTokens: [Int64], timesToFirstToken: [Double], source: TokenSource) {
    let second: Int64 = 1_000_000_000
    let length = Int64(activity.buckets.count) * activity.width
    var width = second
    while (length + width - 1) / width > Int64(Self.capacity) { width *= 2 }
    self.width = Double(width) / 1e9
    // The finest width doubles into whole seconds, and stays below this one as it has more buckets.
    let merged = ActivitySeries.merged(activity.buckets, by: max(1, Int(width / activity.width)))
    var samples = Array(repeating: [Double](), count: merged.count)
    for (at, value) in zip(firstTokens, timesToFirstToken) where !value.isNaN && at != RequestColumn.absent {
      samples[min(max(0, Int(at / width)), merged.count - 1)].append(value)
    }
    var inFlight = 0
    buckets = merged.indices.map { position in
      let bucket = merged[position]
      inFlight += bucket.sent - bucket.ended
      let sample = Distribution(samples[position])
      return Bucket(
        start: Double(position) * self.width, sent: bucket.sent, ended: bucket.ended, failed: bucket.failed,
        inFlight: inFlight, outputTokens: bucket.tokens(by: source), timeToFirstTokenP50: sample.percentile(50),
        timeToFirstTokenP99: sample.percentile(99))
    }
  }
}
