/// When a run's numbers can be trusted: every limit, with its reason.
///
/// `INVALID` is for numbers that are the client's and not the service's, `SUSPECT` for numbers that may be off or mean
/// less than they seem to. A reason at level `VALID` is a note.
public enum VerdictRules {
  /// Below this share of the offered rate the service did not get the load that the report names.
  public static let fewestOfOfferedRate = 0.95
  /// One percent is what a schedule kept on a quiet machine stays well within.
  public static let goodShareOfOfferedRate = 0.99
  /// Requests from which a small shortfall of the rate is judged: in fewer, one late request is a percent.
  public static let fewestRequestsForRate = 20

  /// When a request leaves late by half of what is measured, the load is no longer the one asked for.
  public static let invalidLagShare = 0.5
  /// Five percent of TTFT is about what two runs of the same service differ by.
  public static let suspectLagShare = 0.05
  /// Lags up to here happen on every machine when another process gets its turn (a few scheduler ticks), in seconds.
  public static let ordinaryLag = 0.005

  /// A thread this busy has no time left when several sockets are ready at once, so they wait for it.
  public static let invalidBusyShare = 0.9
  /// By queueing theory the wait at 70 % is already more than twice the time of service.
  public static let suspectBusyShare = 0.7
  /// A control group stops its processes for most of 100 ms at a time: some per cent of that ruins a percentile.
  public static let invalidThrottledShare = 0.1
  public static let suspectThrottledShare = 0.01

  /// A first token that was read late, with others behind it, is stamped as late as the last of them. When that may be a
  /// quarter of TTFT, it does not describe the service.
  public static let invalidSlackShare = 0.25
  /// Five percent is about what two runs of the same service differ by.
  public static let suspectSlackShare = 0.05
  /// What the wake-ups of an idle machine cost anybody, in seconds.
  public static let ordinarySlack = 0.000_2

  /// A loop that is away for half of TTFT sends as late as that, and finds what came meanwhile in one read, which has one
  /// stamp, the kernel's or not.
  public static let invalidStallShare = 0.5
  public static let suspectStallShare = 0.1
  /// Stalls up to here are the scheduler's, in seconds.
  public static let ordinaryStall = 0.005

  /// When events wait longer than the mean gap, two of one stream come in one read as a rule, and share its stamp.
  public static let latestReadShare = 1.0
  /// A gap of zero between events that came apart makes the one before it too long: with a quarter of such gaps, half of
  /// them all are wrong, the median too.
  public static let invalidLateGapShare = 0.25
  /// Half a percent of such gaps makes another half too long: p99 is off.
  public static let suspectLateGapShare = 0.005
  /// Gaps below this are bursts of the service, in seconds; nobody asks how long they are.
  public static let finestGap = 0.001

  /// Near the ceiling waiting grows without bound, and the ceiling is what is measured.
  public static let invalidCeilingShare = 0.9
  /// Up to half of the ceiling the client's own queueing stays below one more time of service.
  public static let suspectCeilingShare = 0.5

  /// When a quarter of a number is the client's, it does not describe the service.
  public static let invalidAddedShare = 0.25
  /// Five percent is about what two runs of the same service differ by.
  public static let suspectAddedShare = 0.05
  /// What a round trip on the loopback costs anybody, in seconds; less cannot be told apart.
  public static let ordinaryAdded = 0.000_1

  /// Below so many successes even the median may be off by a quarter of the sample. Rarer percentiles are marked one by
  /// one in the table and do not lower the verdict: nobody who sends 200 requests asks for p99.9.
  public static let fewestSuccesses = 20

  /// A tokenizer that is not the model's is off by more than this; special tokens and a chat template are not.
  public static let largestTokenDisagreement = 0.05
  /// Tokens that service and tokenizer may differ by in each answer: the one that ends the text.
  public static let tokensForgivenPerRequest = 1.0

  /// Above this share of repeated prompts, or of prompts that begin alike, a prefix cache decides TTFT.
  public static let largestRepeatedShare = 0.2
  /// Prefix caches keep whole blocks of sixteen tokens and more: of shorter prompts (in Unicode scalars, some 64 tokens)
  /// there is next to nothing to save.
  public static let cacheablePromptLength = 256.0
  /// Where the service says how many prompt tokens came from its cache, up to this share is the chat template.
  public static let largestCachedShare = 0.05

  /// With more failures than this, percentiles over the successes tell of the lucky ones only.
  public static let largestErrorRate = 0.05
  /// With more requests cut than this, percentiles tell of the short answers only.
  public static let largestCutShare = 0.05
  /// A database this far behind loses more than a glance when the machine dies, in seconds.
  public static let longestDatabaseLag = 2.0
  /// Exchanges waiting for the recorder beyond this are worth a word: should the process be killed, they are lost.
  public static let largestRecorderBacklog = 10_000
  /// Half of the kernel's usual receive buffer: beyond it, flow control slows the service down, in bytes.
  public static let largestSocketBacklog = 65_536
  /// Below this share of kernel stamps, times are those of our reads.
  public static let goodKernelStampedShare = 0.99
}

extension Verdict {
  /// The verdict on a run with these numbers, measured by a client that fared so.
  public init(_ summary: RunSummary, health: ClientHealth = ClientHealth()) {
    let judgement = Judgement(summary: summary, health: health)
    self.init(reasons: judgement.reasonsOfLoad + judgement.reasonsOfClient + judgement.reasonsOfSample)
  }
}
