/// How the client itself fared during a run. What was not observed is nil or empty.
public struct ClientHealth: Sendable, Hashable {
  /// What one thread of the client did.
  public struct Thread: Sendable, Hashable {
    /// Its name: `loop-0`, `read-0`, `records`.
    public var name: String
    /// Whether stamps are taken on it, so that its slowness could pass for the service's.
    public var isTimed: Bool
    /// CPU time ÷ run time, 0 to 1: the mean, and the busiest second.
    public var cpuShare: Double
    public var peakCPUShare: Double?
    /// Time spent ready to run and waiting for a processor ÷ run time, by the kernel's scheduler.
    public var waitShare: Double?

    /// A thread's load.
    public init(
      name: String, isTimed: Bool, cpuShare: Double, peakCPUShare: Double? = nil, waitShare: Double? = nil
    ) {
      self.name = name
      self.isTimed = isTimed
      self.cpuShare = cpuShare
      self.peakCPUShare = peakCPUShare
      self.waitShare = waitShare
    }
  }

  /// Each thread of the client.
  public var threads: [Thread] = []
  /// How long an event loop did not look at its sockets though it had work, in seconds: the longest time, and p99.
  public var longestLoopStall: Double?
  public var loopStallP99: Double?
  /// Most finished exchanges that waited for the recorder.
  public var recorderBacklogPeak: Int?
  /// The longest time from a request's end to its row being committed, in seconds.
  public var databaseLagPeak: Double?
  /// Most bytes that were found waiting in one socket.
  public var socketBacklogPeak: Int?
  /// Most memory in use, in bytes.
  public var residentMemoryPeak: Int?
  /// Processors that the client may use: its affinity and its control group allow no more. May be a fraction.
  public var processorCount: Double?
  /// CPU time of the whole client ÷ run time; 1 is one processor.
  public var totalCPUUse: Double?
  /// Stamps of the kernel that could not be, in place of which the time of the read was used.
  public var disbelievedStamps: Int?
  /// How often the wall clock, by which the kernel stamps, was set, and the farthest jump in seconds.
  public var clockSteps: Int?
  public var largestClockStep: Double?
  /// Whether the kernel told how long the loops waited for a processor; else `first_slack` is larger than it need be.
  public var knowsRunDelay: Bool?
  /// Time for which the control group stopped the client, ÷ run time.
  public var throttledShare: Double?
  /// What the calibration found; nil without one.
  public var calibration: Calibration?

  /// Nothing observed.
  public init() {}
}

/// What this machine can do, measured against the built-in null server with the run's payload sizes and concurrency.
public struct Calibration: Sendable, Hashable {
  /// Most events with data per second.
  public var eventCeiling: Double?
  /// Most requests per second.
  public var requestCeiling: Double?
  /// What the client adds to TTFT, in seconds.
  public var addedTimeToFirstTokenP50: Double?
  public var addedTimeToFirstTokenP99: Double?
  /// What the client adds to the gaps between events, in seconds.
  public var addedGapP50: Double?
  public var addedGapP99: Double?
  /// How many answers those times come from.
  public var addedCount: Int?

  /// Below so many answers a p99 is only the largest value.
  public static let fewestForP99 = 100

  /// Nothing measured.
  public init() {}

  /// The calibration after a run with these numbers: a ceiling is never below what was reached. Where the null server was
  /// the limit, the run against another service may reach more.
  package func reaching(_ summary: RunSummary) -> Calibration {
    var calibration = self
    if let events = summary.rates.events { calibration.eventCeiling = eventCeiling.map { max($0, events) } }
    if let requests = summary.rates.requests {
      calibration.requestCeiling = requestCeiling.map { max($0, requests) }
    }
    return calibration
  }

  /// How much of the ceiling a run took: of the events or of the requests, whichever is more. Nil without both.
  package func ceilingShare(of summary: RunSummary) -> Double? {
    let pairs = [(summary.rates.events, eventCeiling), (summary.rates.requests, requestCeiling)]
    return pairs.compactMap { seen, ceiling -> Double? in
      guard let seen, let ceiling, ceiling > 0 else { return nil }
      return seen / ceiling
    }.max()
  }
}
