/// What came and went per second.
public struct RunRates: Sendable, Hashable {
  /// Successes ÷ run time.
  public var requests: Double?
  /// Σ output tokens of successes ÷ run time.
  public var outputTokens: Double?
  /// Σ input and output tokens of successes ÷ run time.
  public var allTokens: Double?
  /// Inputs handled ÷ run time, for services without a token stream.
  public var inputs: Double?
  /// Events of all requests ÷ run time: the load on the client.
  public var events: Double?
  /// Requests due ÷ length of the schedule, where n requests span n − 1 gaps; nil in a closed loop.
  public var offered: Double?
  /// Requests sent ÷ span of the sends, where n requests span n − 1 gaps.
  public var achieved: Double?

  /// Nothing known.
  public init() {}
}

/// How many requests kept the limits of `--goodput`; nil and empty without any.
public struct ObjectiveNumbers: Sendable, Hashable {
  /// Each objective by itself.
  public var each: [ObjectiveResult] = []
  /// Successes per second that meet every objective.
  public var goodput: Double?
  /// Requests that meet every objective ÷ all scheduled ones, but for those left before their end whose limits had not
  /// passed.
  public var attainment: Double?
  /// The same two with TTFT and latency counted from the due time, so that waiting to be sent is not hidden.
  public var scheduledGoodput: Double?
  public var scheduledAttainment: Double?

  /// No objective.
  public init() {}
}

/// Requests in flight.
public struct InFlightNumbers: Sendable, Hashable {
  /// Most requests in flight at once.
  public var peak = 0
  /// The cap on requests in flight in open loop; nil without one.
  public var limit: Int?
  /// How the number in flight grew towards the end of an open loop's sending; nil where it did not.
  public var growth: BacklogGrowth?

  /// None.
  public init() {}
}
