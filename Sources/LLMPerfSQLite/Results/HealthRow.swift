import LLMPerf

/// The client's own state in one second of a run, as the table `health` keeps it. Times are seconds.
public struct HealthRow: Sendable {
  /// Seconds from the run's start to the end of this second.
  public var time = 0.0
  /// Requests sent and recorded so far, in flight now, and waiting to be recorded now.
  public var sent = 0
  public var ended = 0
  public var inFlight = 0
  public var backlog = 0
  /// Processors in use: by the event loops, by the whole client, and by each thread.
  public var loopCPU = 0.0
  public var processCPU = 0.0
  public var threadCPU: [(name: String, share: Double)] = []
  /// Longest time that an event loop was away: so far, and in this second (its class's upper end, up to √2 too long).
  public var longestStall: Double?
  public var stall: Double?
  /// Most sockets ready in one turn so far, and most bytes found in one socket so far.
  public var peakReady: Int?
  public var socketBacklog: Int?
  /// The largest schedule lag of the requests recorded in this second; nil when there was none.
  public var scheduleLag: Double?
  /// The longest time from a request's end to its row so far.
  public var databaseLag = 0.0
  /// Memory in use now, in bytes.
  public var residentMemory = 0

  /// An empty row.
  public init() {}

  /// Binds the values in the order of `ResultSchema.healthColumns`.
  func bind(to statement: Statement) {
    statement.bind(time)
    statement.bind(sent)
    statement.bind(ended)
    statement.bind(inFlight)
    statement.bind(loopCPU)
    statement.bind(processCPU)
    statement.bind(longestStall)
    statement.bind(peakReady)
    statement.bind(backlog)
    statement.bind(databaseLag)
    statement.bind(residentMemory)
    statement.bind(stall)
    statement.bind(scheduleLag)
    statement.bind(socketBacklog)
    statement.bind(JSON.object(threadCPU.map { JSON.Member($0.name, .double($0.share)) }).description)
  }
}
