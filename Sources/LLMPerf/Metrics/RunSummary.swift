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
  /// Requests that were due before sending ended, and never sent.
  public var neverSentRequests = 0
  /// Requests that were under way when the run ended: no failures, and in no sample.
  public var cutRequests = 0
  /// Requests that a rule of the run left before their end: no failures, and in no sample.
  public var abandonedRequests = 0
  /// Requests whose session ended before them: planned, and never due.
  public var skippedRequests = 0
  /// Requests that were planned up to the end of sending: whatever became of them.
  public var scheduledRequests: Int {
    totalRequests + cutRequests + abandonedRequests + skippedRequests + neverSentRequests
  }
  /// Requests sent to warm the service up.
  public var warmupRequests = 0
  /// Whether the run was interrupted or cut off.
  public var isPartial = false

  /// First `sentAt` to last `endedAt`, failures included, or to the end of sending where requests were cut after it; nil
  /// when nothing was sent.
  public var runTime: Double?
  /// When sending ended before the requests ran out, from the run's start: the duration, an interrupt; nil when it did not.
  public var sendingEnded: Double?
  /// Successes ÷ run time.
  public var requestThroughput: Double?
  /// Σ output tokens of successes ÷ run time.
  public var outputTokenThroughput: Double?
  /// Σ input and output tokens of successes ÷ run time.
  public var totalTokenThroughput: Double?
  /// Requests due ÷ length of the schedule, where n requests span n − 1 gaps; nil in a closed loop.
  public var offeredRate: Double?
  /// Requests sent ÷ span of the sends, where n requests span n − 1 gaps.
  public var achievedRate: Double?
  /// Failures ÷ requests that ended.
  public var errorRate: Double?
  /// Successes per second that meet every SLO; nil without SLOs.
  public var goodput: Double?
  /// Requests that meet every SLO ÷ all scheduled ones, but for cut ones whose limits had not passed; nil without SLOs.
  public var attainment: Double?
  /// The same two with TTFT and latency counted from the due time, so that waiting to be sent is not hidden.
  public var scheduledGoodput: Double?
  public var scheduledAttainment: Double?
  /// Each SLO by itself.
  public var objectives: [ObjectiveResult] = []

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
  /// By how much earlier than its stamp a first token may have come, and TTFT as if each had come so early: what was read
  /// late, together with what followed it, has the stamp of its last segment.
  public var firstSlack = Distribution()
  public var earliestTimeToFirstToken = Distribution()
  /// Latency and response time with failures as +∞: percentiles are nil where they fall on a failure.
  public var latencyWithFailures = Distribution()
  public var responseTimeWithFailures = Distribution()
  public var inputTokens = Distribution()
  public var outputTokens = Distribution()

  /// Whether `interTokenLatency` is estimated, because the service does not tell tokens event by event.
  public var interTokenLatencyIsEstimated = true
  /// The schedule lag without the time to connect, which is the service's: start of connect, or sent, − due. In a closed
  /// loop without the first wave, which is due in one instant.
  public var startLag = Distribution()
  /// How sure mean and percentiles are.
  public var timeToFirstTokenIntervals = MetricIntervals()
  public var latencyIntervals = MetricIntervals()

  /// Share of inter-chunk gaps that are zero, because one read brought several events.
  public var zeroGapShare: Double?
  /// Share of inter-chunk gaps that are zero because the client read late: their events came apart and share the stamp of
  /// the read. Each makes the gap before it too long.
  public var lateGapShare: Double?

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
  /// `|Σ usage − Σ tokenizer| ÷ Σ usage` of output tokens, over successes that have both counts.
  public var tokenDisagreement: Double?
  /// How many successes have a count by the service, and by our tokenizer: of output, or of input where none has output.
  public var requestsWithUsage = 0
  public var requestsWithTokenizerCount = 0
  /// How many successes have both counts.
  public var requestsWithBothCounts = 0
  /// Inputs handled per second, for services without a token stream.
  public var inputThroughput: Double?
  /// Mean length of the prompts in Unicode scalars.
  public var meanPromptLength: Double?

  /// Events of all successes, `[DONE]` left out, and the mean per request.
  public var meanEventsPerRequest: Double?
  /// Σ(last − first event with data) ÷ Σ(events − 1).
  public var meanEventGap: Double?
  /// Events of all requests ÷ run time: the load on the client.
  public var eventThroughput: Double?
  /// Most requests in flight at once.
  public var peakInFlight = 0
  /// The cap on requests in flight in open loop; nil without one.
  public var maxInFlight: Int?

  /// How the number in flight grew towards the end of an open loop's sending; nil where it did not.
  public var backlogGrowth: BacklogGrowth?
  /// The span in which the number in flight was at its plateau; nil when too short to mean anything.
  public var steadyWindow: SteadyWindow?
  /// The run over time.
  public var timeline = TimeSeries()
  /// Failures by class, most frequent first.
  public var failures: [FailureCount] = []
  /// What was noticed while answers were read, each with the number of answers.
  public var remarks: [RemarkCount] = []
  /// Every number by the original tool's arithmetic.
  public var legacy = LegacySummary()
  /// Share of requests whose prompt was sent before in this run; a lower bound beyond 1,048,576 different prompts.
  public var repeatedPromptShare: Double?
  /// Share of requests whose prompt was new, but whose first 1,024 bytes were those of one sent before and not all of it; a
  /// lower bound beyond 65,536 different beginnings.
  public var sharedPrefixShare: Double?
  /// Requests sent a second time because a kept-alive connection had died.
  public var retriedRequests = 0
  /// Share of responses stamped by the kernel.
  public var kernelStampedShare: Double?

  /// No request yet.
  public init() {}
}

/// Failures of one class.
public struct FailureCount: Sendable, Hashable {
  /// The class.
  public var code: RequestFailure.Code
  /// How many.
  public var count: Int
  /// The message of the first one.
  public var sample: String

  /// `count` failures of class `code`.
  public init(code: RequestFailure.Code, count: Int, sample: String) {
    self.code = code
    self.count = count
    self.sample = sample
  }
}

/// How many answers a remark was made on.
public struct RemarkCount: Sendable, Hashable {
  /// The remark: one, not several.
  public var remark: ReadingRemarks
  /// How many.
  public var count: Int

  /// `count` answers with `remark`.
  public init(_ remark: ReadingRemarks, count: Int) {
    self.remark = remark
    self.count = count
  }
}

/// A finished run.
public struct RunResult: Sendable {
  /// What the run was.
  public var run: RunDescription
  /// Its numbers.
  public var summary: RunSummary
  /// Whether the numbers can be trusted.
  public var verdict: Verdict
  /// How the client itself fared.
  public var health: ClientHealth

  /// A finished run.
  public init(run: RunDescription, summary: RunSummary, verdict: Verdict, health: ClientHealth = ClientHealth()) {
    self.run = run
    self.summary = summary
    self.verdict = verdict
    self.health = health
  }
}
