import LLMPerf

/// What a calibration has to be like to say something about a run.
struct CalibrationShape: Hashable {
  /// Requests in flight.
  var parallel: Int
  /// Events with output in each answer; 0: answers in one body.
  var events: Int
  /// The usual size of an event, or of the whole body, in bytes.
  var eventBytes: Int
  /// The time between two events of an answer.
  var gap: Duration

  /// Event loops of the client.
  var loops = 1

  /// What is assumed where the options tell nothing: the run's own answers are known only after it.
  static let usualEvents = 128
  static let usualEventBytes = 200
  static let usualGap = Duration.milliseconds(10)

  init(
    parallel: Int, events: Int = usualEvents, eventBytes: Int = usualEventBytes, gap: Duration = usualGap
  ) {
    self.parallel = max(1, parallel)
    self.events = max(0, events)
    self.eventBytes = max(0, eventBytes)
    self.gap = gap
  }

  /// The shape of an open loop: as many requests in flight as arrive while one is answered (Little's law).
  init(
    rate: Double, events: Int = usualEvents, eventBytes: Int = usualEventBytes, gap: Duration = usualGap
  ) {
    let inFlight = rate * gap.inSeconds * Double(max(1, events))
    self.init(
      parallel: Int(min(inFlight.rounded(.up), Double(Self.mostParallel))), events: events, eventBytes: eventBytes,
      gap: gap)
  }

  /// The shape of a run with this load; nil where its load cannot be told before.
  init?(_ load: Load, isStreamed: Bool, loops: Int = 1) {
    let events = isStreamed ? Self.usualEvents : 0
    if let parallel = load.parallel {
      self.init(parallel: parallel, events: events)
    } else if let rate = load.rate, rate.isFinite {
      self.init(rate: rate, events: events)
    } else {
      return nil
    }
    self.loops = loops
  }

  /// The shape that a run turned out to have: its answers are known now. Nil where that is about what was assumed.
  func asSeen(in summary: RunSummary) -> CalibrationShape? {
    guard events > 0, let seen = summary.events.meanPerRequest else { return nil }
    var shape = self
    shape.parallel = max(1, min(summary.inFlight.peak, Self.mostParallel))
    shape.events = max(1, Int(seen.rounded()) - Self.eventsWithoutOutput)
    let isAboutTheSame = abs(shape.events - events) * 10 <= events && abs(shape.parallel - parallel) * 10 <= parallel
    return isAboutTheSame ? nil : shape
  }

  /// Events that an answer has beside those with output: its role, its end, its usage.
  private static let eventsWithoutOutput = 3

  /// More streams than this would only find out what the system's limits are.
  static let mostParallel = 20_000

  /// The shape in words that name it in the cache.
  var key: String {
    "parallel=\(parallel) events=\(events) event-bytes=\(eventBytes) gap-ns=\(gap.wholeNanoseconds) loops=\(loops)"
  }
}
