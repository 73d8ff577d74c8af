/// Somebody who is told of every finished request: the database, the live view, Weights & Biases.
///
/// All calls come from one thread, in order, so a sink needs no locks of its own. None of them is in the timed path,
/// but records wait while a sink works: hand long work to a thread of your own.
public protocol RecordSink: AnyObject {
  /// The run is about to send its first request.
  func begin(_ run: RunDescription) throws
  /// Requests that have ended, in order of their end.
  func receive(_ records: [RequestRecord]) throws
  /// Some time has passed, records or not; comes at least every 250 ms.
  func tick(at now: RunInstant) throws
  /// The last record has been received.
  func end(_ result: RunResult) throws
}

extension RecordSink {
  public func begin(_ run: RunDescription) throws {}
  public func tick(at now: RunInstant) throws {}
  public func end(_ result: RunResult) throws {}
}

/// What a run is, known before its first request.
public struct RunDescription: Sendable {
  /// The name of the run: `--name`, or model and time.
  public var name: String
  /// The options as they took effect, by long option name, in the order of the help; secrets left out.
  public var configuration: [(name: String, value: JSON)]
  /// The model name sent to the service.
  public var model: String
  /// The protocol's name.
  public var api: String
  /// The service's address, without credentials.
  public var url: String
  /// When requests leave.
  public var load: Load
  /// Requests asked for; nil when the data set's end or a duration decides.
  public var expectedRequests: Int?
  /// The seed of every random draw.
  public var seed: UInt64
  /// When the run started, by the wall clock: seconds since 1970 at `RunInstant.start`.
  public var wallClockStart: Double
  /// The tool's version.
  public var version: String
  /// The client machine: host name, processors, memory, kernel.
  public var machine: [(name: String, value: JSON)]
  /// The arguments as given, secrets masked.
  public var arguments: [String]

  /// A run's description.
  public init(
    name: String, configuration: [(name: String, value: JSON)], model: String, api: String, url: String,
    load: Load, expectedRequests: Int?, seed: UInt64, wallClockStart: Double, version: String,
    machine: [(name: String, value: JSON)], arguments: [String]
  ) {
    self.name = name
    self.configuration = configuration
    self.model = model
    self.api = api
    self.url = url
    self.load = load
    self.expectedRequests = expectedRequests
    self.seed = seed
    self.wallClockStart = wallClockStart
    self.version = version
    self.machine = machine
    self.arguments = arguments
  }

  /// Requests in flight of a closed loop; nil in open loop.
  public var parallel: Int? { load.parallel }
}
