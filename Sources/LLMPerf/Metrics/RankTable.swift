/// What is kept of a large sample: the values at the ranks of every 0.01 percentile, the minimum and the maximum.
struct RankTable: Hashable, Sendable {
  /// How many steps a hundred percent have.
  static let steps = 10_000

  /// The value at each step's rank, from the minimum to the maximum.
  let values: [Double]
  private let count: Int

  /// The table of a sample of `count`, which is not zero: `values`, which ascend, and behind them failures.
  init(ascending values: ArraySlice<Double>, count: Int) {
    self.count = count
    self.values = (0...Self.steps).map { step in
      let rank = Self.rank(ofStep: step, count: count)
      return rank <= values.count ? values[values.startIndex + rank - 1] : .infinity
    }
  }

  /// The 1-based nearest rank of percentile `step ÷ 100` in a sample of `count`.
  static func rank(ofStep step: Int, count: Int) -> Int {
    // A pooled sample may have more values than fit beside ten thousand.
    max(1, Int((Int128(step) * Int128(count) + Int128(steps) - 1) / Int128(steps)))
  }

  /// The value at `rank`, or at the next kept rank above or below it.
  func value(atRank rank: Int, roundingUp: Bool) -> Double {
    if rank <= 1 { return values[0] }
    // Above: the first step with ceil(step · n ÷ steps) ≥ rank. Below: the last one with ≤ rank.
    let step = roundingUp ? (rank - 1) * Self.steps / count + 1 : rank * Self.steps / count
    return values[min(step, Self.steps)]
  }
}
