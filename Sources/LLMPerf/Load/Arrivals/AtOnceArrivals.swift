/// Every request is due at the start.
public struct AtOnceArrivals: Arrivals {
  public var rate: Double { .infinity }

  /// Arrivals that are all at the start.
  public init() {}

  public func dueTimes(seed: UInt64) -> DueTimes { DueTimes(Start()) }

  private struct Start: DueTimeSource {
    func next() -> RunInstant? { .start }
  }
}

extension Arrivals where Self == AtOnceArrivals {
  /// Every request is due at the start.
  public static var atOnce: Self { Self() }
}
