/// When requests of an open loop are due: a process of arrivals that ignores what became of the requests before.
///
/// A process is a file in this folder and a line in `ArrivalProcesses`.
public protocol Arrivals: Sendable {
  /// The mean number of arrivals a second; infinite where all of them are at the start.
  var rate: Double { get }

  /// The due times in order, without end, from a generator seeded with `seed`. They depend on nothing else.
  func dueTimes(seed: UInt64) -> DueTimes
}

/// The arrival processes that a user may choose from.
package enum ArrivalProcesses {
  /// Makes a process of a mean rate.
  package typealias Make = @Sendable (_ rate: Double) -> any Arrivals

  /// The processes by name, the usual one first.
  package static let byName: [(name: String, make: Make)] = [
    ("poisson", { PoissonArrivals(rate: $0) })
  ]

  /// The process called `name`, the usual one without a name, of `rate` arrivals a second; all at once for a rate that is
  /// negative. Nil for a name that is not known.
  package static func make(_ name: String? = nil, rate: Double) -> (any Arrivals)? {
    guard rate >= 0 else { return AtOnceArrivals() }
    return byName.first { name == nil || $0.name == name }?.make(rate)
  }
}
