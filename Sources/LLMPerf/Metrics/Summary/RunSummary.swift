/// A run in numbers: everything that the reports show, as a tree. Times are seconds.
///
/// Warm-up requests are in none of the numbers but their own count.
public struct RunSummary: Sendable {
  /// Whether the run was interrupted or cut off.
  public var isPartial = false
  /// First `sentAt` to last `endedAt`, failures included, or to the end of sending where requests were cut after it; nil
  /// when nothing was sent.
  public var runTime: Double?
  /// When sending ended before the requests ran out, from the run's start: the duration, an interrupt; nil when it did not.
  public var sendingEnded: Double?

  /// How many requests ended how.
  public var counts = RequestCounts()
  /// What came and went per second.
  public var rates = RunRates()
  /// How many kept the limits that requests were to keep.
  public var objectives = ObjectiveNumbers()
  /// The times of requests.
  public var times = RequestTimes()
  /// The times between the events of answers.
  public var gaps = GapTimes()
  /// How late the client was, and how its stamps came about.
  public var client = ClientTimes()
  /// How sure some of the times are.
  public var certainty = CertaintyOfTimes()
  /// Tokens of prompts and answers.
  public var tokens = TokenNumbers()
  /// Events of answers.
  public var events = EventNumbers()
  /// What the prompts were like.
  public var prompts = PromptNumbers()
  /// Requests in flight.
  public var inFlight = InFlightNumbers()

  /// The span in which the number in flight was at its plateau; nil when too short to mean anything.
  public var steadyWindow: SteadyWindow?
  /// The run over time.
  public var timeline = TimeSeries()
  /// Failures by class, most frequent first.
  public var failures: [FailureCount] = []
  /// What was noticed while answers were read, each with the number of answers.
  public var remarks: [RemarkCount] = []
  /// Every number by the original tool's arithmetic.
  public var classic = ClassicNumbers()
  /// Parts of the run with numbers of their own; empty where all requests were of one kind.
  public var slices: [RunSlice] = []

  /// No request yet.
  public init() {}
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
  /// What became of its goal of precision; nil without one.
  package var precision: PrecisionOutcome?

  /// A finished run.
  public init(run: RunDescription, summary: RunSummary, verdict: Verdict, health: ClientHealth = ClientHealth()) {
    self.run = run
    self.summary = summary
    self.verdict = verdict
    self.health = health
  }
}
