/// Arrivals that know nothing of each other: independent gaps with an exponential distribution, mean `1 ÷ rate` seconds.
public struct PoissonArrivals: Arrivals {
  public let rate: Double

  /// A Poisson process of `rate` arrivals a second.
  public init(rate: Double) {
    self.rate = rate
  }

  public func dueTimes(seed: UInt64) -> DueTimes {
    DueTimes(seed: seed) { [rate] random in -(1 - random.nextUnit()).naturalLogarithm / rate }
  }
}

extension Arrivals where Self == PoissonArrivals {
  /// A Poisson process of `rate` arrivals a second.
  public static func poisson(rate: Double) -> Self { Self(rate: rate) }
}
