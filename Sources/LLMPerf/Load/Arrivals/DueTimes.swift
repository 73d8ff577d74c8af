/// Due times in order, from the run's start on.
public struct DueTimes: Sequence, IteratorProtocol, Sendable {
  private var source: any DueTimeSource

  /// The times that `source` gives.
  public init(_ source: some DueTimeSource) {
    self.source = source
  }

  /// Times whose gaps are drawn one by one, in seconds, from a generator seeded with `seed`; the first comes after one gap.
  public init(seed: UInt64, gap: @escaping @Sendable (inout SplitMix64) -> Double) {
    self.init(DrawnGaps(random: SplitMix64(seed: seed), gap: gap))
  }

  public mutating func next() -> RunInstant? { source.next() }
}

/// Gives due times, one after the other.
public protocol DueTimeSource: Sendable {
  /// The next time, no earlier than the one before; nil when there is none.
  mutating func next() -> RunInstant?
}

private struct DrawnGaps: DueTimeSource {
  var random: SplitMix64
  let gap: @Sendable (inout SplitMix64) -> Double
  var elapsed = 0.0

  mutating func next() -> RunInstant? {
    // Summed in seconds and rounded once: gaps rounded one by one would drift.
    elapsed += gap(&random)
    // At very low rates a due time may lie beyond what nanoseconds can count: 146 years are as good as never.
    return RunInstant(nanoseconds: Int64(Swift.min((elapsed * 1e9).rounded(), 0x1p62)))
  }
}
