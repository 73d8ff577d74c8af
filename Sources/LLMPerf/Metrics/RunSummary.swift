/// A run in numbers: everything that the reports show. Times are seconds.
///
/// Warm-up requests are in none of the numbers but `warmupRequests`.
public struct RunSummary: Sendable {
  /// Requests that ended, successes and failures.
  public var totalRequests = 0
  /// Requests that succeeded.
  public var succeededRequests = 0
  /// Requests that failed.
  public var failedRequests = 0
  /// Requests that were due and never sent, since the run was cut short.
  public var neverSentRequests = 0
  /// Requests sent to warm the service up.
  public var warmupRequests = 0
  /// Whether the run was interrupted or cut off.
  public var isPartial = false

  /// First `sentAt` to last `endedAt`, failures included; nil when nothing was sent.
  public var runTime: Double?
  /// Successes ÷ run time.
  public var requestThroughput: Double?
  /// Σ output tokens of successes ÷ run time.
  public var outputTokenThroughput: Double?
  /// Σ input and output tokens of successes ÷ run time.
  public var totalTokenThroughput: Double?
  /// Requests due ÷ length of the schedule; nil in a closed loop.
  public var offeredRate: Double?
  /// Requests sent ÷ span of the sends.
  public var achievedRate: Double?
  /// Failures ÷ requests that ended.
  public var errorRate: Double?
  /// Successes per second that meet every SLO; nil without SLOs.
  public var goodput: Double?
  /// Requests that meet every SLO ÷ all scheduled ones; nil without SLOs.
  public var attainment: Double?

  /// Distributions over successes. Each is empty when the metric does not exist in this run.
  public var latency = Distribution()
  public var responseTime = Distribution()
  public var timeToFirstToken = Distribution()
  public var scheduledTimeToFirstToken = Distribution()
  public var timeToFirstOutput = Distribution()
  public var timePerOutputToken = Distribution()
  public var outputRatePerUser = Distribution()
  public var interChunkLatency = Distribution()
  public var interTokenLatency = Distribution()
  public var maxStall = Distribution()
  public var scheduleLag = Distribution()
  public var connectTime = Distribution()
  /// The distance between the kernel's receive time and our read, the longest of each request.
  public var readDelay = Distribution()
  /// Latency and response time with failures as +∞: percentiles are nil where they fall on a failure.
  public var latencyWithFailures = Distribution()
  public var responseTimeWithFailures = Distribution()
  public var inputTokens = Distribution()
  public var outputTokens = Distribution()

  /// Whether `interTokenLatency` is estimated, because the service does not tell tokens event by event.
  public var interTokenLatencyIsEstimated = true
  /// Share of inter-chunk gaps that are zero, because one read brought several events.
  public var zeroGapShare: Double?

  /// Where the headline's token counts come from.
  public var tokenSource = TokenSource.none
  /// Sums over successes, by the headline's source; nil when unknown.
  public var totalInputTokens: Int?
  public var totalOutputTokens: Int?
  public var totalReasoningTokens: Int?
  public var totalCachedTokens: Int?
  /// The same by the other counts, where they exist.
  public var usageOutputTokens: Int?
  public var countedOutputTokens: Int?
  public var usageInputTokens: Int?
  public var countedInputTokens: Int?
  /// Inputs handled per second, for services without a token stream.
  public var inputThroughput: Double?

  /// Events of all successes, `[DONE]` left out, and the mean per request.
  public var meanEventsPerRequest: Double?
  /// Σ(last − first event with data) ÷ Σ(events − 1).
  public var meanEventGap: Double?
  /// Most requests in flight at once.
  public var peakInFlight = 0

  /// The span in which the number in flight was at its plateau; nil when too short to mean anything.
  public var steadyWindow: SteadyWindow?
  /// Failures by class, most frequent first.
  public var failures: [FailureCount] = []
  /// Every number by the original tool's arithmetic.
  public var legacy = LegacySummary()
  /// Share of requests whose prompt was sent before in this run.
  public var repeatedPromptShare: Double?
  /// Requests sent a second time because a kept-alive connection had died.
  public var retriedRequests = 0
  /// Share of responses stamped by the kernel.
  public var kernelStampedShare: Double?

  /// No request yet.
  public init() {}
}

/// A steady part of a run.
public struct SteadyWindow: Sendable, Hashable {
  /// Seconds from the run's start.
  public var start: Double
  public var end: Double
  /// Requests ended in the window, per second.
  public var requestThroughput: Double?
  /// Output tokens, by the time of their events, per second.
  public var outputTokenThroughput: Double?
}

/// Failures of one class.
public struct FailureCount: Sendable, Hashable {
  /// The class.
  public var code: RequestFailure.Code
  /// How many.
  public var count: Int
  /// The message of the first one.
  public var sample: String
}

/// A finished run.
public struct RunResult: Sendable {
  /// What the run was.
  public var run: RunDescription
  /// Its numbers.
  public var summary: RunSummary
  /// Whether the numbers can be trusted.
  public var verdict: Verdict

  /// A finished run.
  public init(run: RunDescription, summary: RunSummary, verdict: Verdict) {
    self.run = run
    self.summary = summary
    self.verdict = verdict
  }
}
