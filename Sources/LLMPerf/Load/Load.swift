/// When requests leave.
public struct Load: Sendable {
  /// What makes a request due.
  public enum Kind: Sendable {
    /// A number in flight: as one ends, the next is due.
    case closedLoop(Concurrency)
    /// Arrivals that ignore the service: a request is due when the process says so, whatever happened to the others.
    case openLoop(ArrivalStages)
  }

  /// What makes a request due.
  public var kind: Kind
  /// Most requests in flight of an open loop. One that waits for a place is late, and the wait counts in every scheduled time.
  /// Nil: no cap but the system's.
  public var maxInFlight: Int?

  /// A load of `kind`.
  public init(_ kind: Kind, maxInFlight: Int? = nil) {
    self.kind = kind
    self.maxInFlight = maxInFlight
  }

  /// `parallel` requests in flight at all times.
  public static func closedLoop(parallel: Int) -> Load { Load(.closedLoop(Concurrency(parallel))) }

  /// Arrivals of one process, of which `maxInFlight` are in flight at most.
  public static func openLoop(_ arrivals: some Arrivals, maxInFlight: Int? = nil) -> Load {
    Load(.openLoop(ArrivalStages([.init(arrivals)])), maxInFlight: maxInFlight)
  }

  /// Whether requests are due by arrivals.
  public var isOpenLoop: Bool { if case .openLoop = kind { true } else { false } }

  /// Requests in flight of a closed loop, where it has most of them; nil in open loop.
  public var parallel: Int? { if case .closedLoop(let concurrency) = kind { concurrency.most } else { nil } }

  /// Arrivals a second of an open loop, where it has most of them: infinite for all at once. Nil in closed loop, and where a run
  /// does not tell.
  package var rate: Double? { if case .openLoop(let stages) = kind { stages.highestRate } else { nil } }

  /// The due times of an open loop; nil in closed loop, where places decide.
  package func dueTimes(seed: UInt64) -> DueTimes? {
    if case .openLoop(let stages) = kind { stages.dueTimes(seed: seed) } else { nil }
  }

  /// The stage that a request due at `instant` belongs to, from 0; nil where there are not several.
  package func stage(at instant: RunInstant) -> Int? {
    switch kind {
    case .closedLoop(let concurrency): concurrency.stage(at: instant)
    case .openLoop(let stages): stages.stage(at: instant)
    }
  }

  /// Most requests in flight that the load allows; nil: any number.
  package var mostInFlight: Int? { parallel ?? maxInFlight }

  /// Event loops that the load has work for, of `loops` that were asked for: each has a place in flight at least.
  package func loops(atMost loops: Int) -> Int {
    max(1, min(loops, mostInFlight ?? loops))
  }
}
