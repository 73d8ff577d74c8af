/// When requests leave.
public enum LoadPattern: Sendable, Hashable {
  /// A fixed number in flight: as one ends, the next is due.
  case closedLoop(parallel: Int)
  /// Arrivals that ignore the service: request n is due at the sum of the first n gaps, whatever happened to the others.
  /// `maxInFlight` caps what is in flight; a request that waits for a place is late, and the wait counts in every
  /// scheduled time. Nil: no cap but the system's.
  case openLoop(ArrivalProcess, maxInFlight: Int?)

  /// Requests in flight of a closed loop; nil in open loop.
  public var parallel: Int? {
    if case .closedLoop(let parallel) = self { parallel } else { nil }
  }

  /// Most requests in flight that the pattern allows; nil: any number.
  package var mostInFlight: Int? {
    switch self {
    case .closedLoop(let parallel): parallel
    case .openLoop(_, let maxInFlight): maxInFlight
    }
  }

  /// Event loops that the pattern has work for, of `loops` that were asked for: each has a place in flight at least.
  package func loops(atMost loops: Int) -> Int {
    max(1, min(loops, mostInFlight ?? loops))
  }

  /// Requests per second that the schedule offers; nil where none does.
  public var offeredRate: Double? {
    if case .openLoop(.poisson(let rate), _) = self { rate } else { nil }
  }
}

/// How the gaps between arrivals are drawn.
public enum ArrivalProcess: Sendable, Hashable {
  /// Every request is due at the start.
  case atOnce
  /// Independent gaps with an exponential distribution, mean `1 ÷ rate` seconds.
  case poisson(rate: Double)

  /// The due times in order, without end, from a generator seeded with `seed`. They depend on nothing else.
  public func dueTimes(seed: UInt64) -> DueTimes {
    DueTimes(process: self, generator: SplitMix64(seed: seed))
  }

  /// Due times, absolute from the run's start; the first of a Poisson process comes after one gap.
  public struct DueTimes: Sequence, IteratorProtocol, Sendable {
    fileprivate let process: ArrivalProcess
    fileprivate var generator: SplitMix64
    fileprivate var elapsed = 0.0

    /// Whether all of them are the start.
    var isAtOnce: Bool { process == .atOnce }

    public mutating func next() -> RunInstant? {
      switch process {
      case .atOnce:
        return .start
      case .poisson(let rate):
        // Summed in seconds and rounded once: gaps rounded one by one would drift.
        elapsed += -(1 - generator.nextUnit()).naturalLogarithm / rate
        // At very low rates a due time may lie beyond what nanoseconds can count: 146 years are as good as never.
        return RunInstant(nanoseconds: Int64(Swift.min((elapsed * 1e9).rounded(), 0x1p62)))
      }
    }
  }
}
