import LLMPerf

/// How many event loops a run gets where nobody says it: a rule of the processors and of the load.
///
/// A loop that has no room left reads late, and then gaps between events come out wrong first. One that read 125,000 events a
/// second was late (16 processors, 10,000 streams, an event of each every 20 ms, four loops), one that read 83,000 was
/// right (six loops). A loop with little to do costs a thread that sleeps, so there may be more of them than the load needs
/// where processors are to spare; but a loop without a processor of its own is worse than none, and the kernel, the
/// recorder and whatever else runs there need some too.
enum DefaultLoops {
  /// Events a second that a loop reads with room to spare.
  static let roomyRate = 85_000.0
  /// How often a stream brings an event, per second, where nothing is known of it: 50 tokens a second are read fast.
  static let usualEventRate = 50.0
  /// Loops that a machine with processors to spare gets for any load.
  static let mostUnasked = 4
  /// Processors for one of those, and the share of the processors that loops may take for a load that needs them.
  static let processorsPerUnasked = 4.0
  static let mostShare = 3.0 / 8
  /// The most that `--loops` takes.
  static let most = 64

  /// The number of loops for so many events a second on so many processors, which a control group may make a fraction.
  static func count(processors: Double, eventsPerSecond: Double) -> Int {
    let spare = min(Double(mostUnasked), (processors / processorsPerUnasked).rounded(.down))
    let needed = (eventsPerSecond / roomyRate).rounded(.up)
    let allowed = max(spare, (processors * mostShare).rounded(.down))
    return Int(max(1, min(max(spare, needed), allowed, Double(most))))
  }

  /// The events a second that a load brings: by its places in flight, or by its rate where those have no bound.
  static func eventsPerSecond(_ load: Load, requests: Int?) -> Double {
    if let parallel = load.parallel { return Double(parallel) * usualEventRate }
    let cap = load.maxInFlight
    guard let rate = load.rate, rate.isFinite else {
      return Double(min(cap ?? .max, requests ?? cap ?? 1)) * usualEventRate
    }
    return min(rate * Double(CalibrationShape.usualEvents), cap.map { Double($0) * usualEventRate } ?? .infinity)
  }
}
