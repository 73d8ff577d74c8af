/// A sample of one metric: exact, and bounded in memory.
///
/// Up to `exactLimit` values are all kept. Above it the values at the ranks of every 0.01 percentile are kept, so that
/// percentiles in steps of 0.01 stay exact, as do count, mean, standard deviation, minimum and maximum. Pooled gaps of
/// many requests are kept as a histogram, whose values are off by `relativeError` at most.
public struct Distribution: Sendable, Hashable {
  private enum Storage: Hashable {
    case all([Double])
    case ranks(RankTable)
    case histogram(LogLinearHistogram)
  }

  /// How many values are kept one by one.
  public static let exactLimit = 100_000

  private let storage: Storage
  /// How many values there are, failures included.
  public let count: Int
  /// How many of them are failures, which stand as +∞.
  public let infiniteCount: Int
  /// The arithmetic mean; nil of an empty sample and of one with failures.
  public let mean: Double?
  /// The standard deviation of the sample, `√(Σ(x − mean)² ÷ (n − 1))`; nil below two values and with failures.
  public let standardDeviation: Double?

  /// An empty sample.
  public init() {
    self.init(sorted: [])
  }

  /// The sample `values`, in any order. +∞ stands for a failure.
  public init(_ values: consuming [Double]) {
    values.sort()
    self.init(sorted: values)
  }

  /// The sample `sorted`, which ascends, and `infiniteCount` failures beside it.
  package init(sorted: [Double], infiniteCount: Int = 0) {
    self.init(sorted: sorted[...], infiniteCount: infiniteCount)
  }

  /// The same of a part of an array. Up to `limit` values are kept one by one.
  init(sorted: ArraySlice<Double>, infiniteCount: Int, keeping limit: Int = Self.exactLimit) {
    let end = sorted.lastIndex { $0 < .infinity }.map { $0 + 1 } ?? sorted.startIndex
    let finite = sorted[..<end]
    count = sorted.count + infiniteCount
    self.infiniteCount = count - finite.count
    let moments = Self.moments(of: self.infiniteCount == 0 ? finite : [])
    mean = moments.mean
    standardDeviation = moments.standardDeviation
    storage =
      count <= limit
      ? .all(Array(finite) + repeatElement(.infinity, count: self.infiniteCount))
      : .ranks(RankTable(ascending: finite, count: count))
  }

  /// The pooled values of `histogram`, nanoseconds turned into seconds.
  package init(_ histogram: LogLinearHistogram) {
    count = histogram.count
    infiniteCount = 0
    mean = histogram.mean.map { $0 / 1e9 }
    standardDeviation = histogram.standardDeviation.map { $0 / 1e9 }
    storage = histogram.count == 0 ? .all([]) : .histogram(histogram)
  }

  private static func moments(of values: ArraySlice<Double>) -> (mean: Double?, standardDeviation: Double?) {
    guard !values.isEmpty else { return (nil, nil) }
    let mean = values.reduce(0, +) / Double(values.count)
    guard values.count > 1 else { return (mean, nil) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(values.count - 1)).squareRoot())
  }

  /// Whether there is no value.
  public var isEmpty: Bool { count == 0 }

  /// Whether every value is kept, so that `sorted` is the sample itself.
  public var isComplete: Bool {
    if case .all = storage { true } else { false }
  }

  /// The largest relative error of a percentile: zero unless the values are pooled in a histogram, where it is 2⁻¹⁰.
  public var relativeError: Double {
    if case .histogram(let histogram) = storage { histogram.relativeError } else { 0 }
  }

  /// The values in ascending order, failures as +∞, where all are kept; else those at the ranks of every 0.01
  /// percentile, which stand for equal shares of the sample.
  public var sorted: [Double] {
    switch storage {
    case .all(let values): values
    case .ranks(let table): table.values
    case .histogram: (1...RankTable.steps).compactMap { percentile(Double($0) / 100) }
    }
  }

  /// The smallest value; nil of an empty sample.
  public var min: Double? { isEmpty ? nil : value(atRank: 1) }

  /// The largest value; nil of an empty sample, and when a request failed.
  public var max: Double? { isEmpty ? nil : value(atRank: count) }

  /// The percentile by nearest rank, `sorted[ceil(p/100 · n) − 1]`: a value of the sample, never interpolated.
  ///
  /// Nil of an empty sample, and where the percentile falls on a failure. Where not all values are kept, `p` between two
  /// steps of 0.01 gives the value of the upper step.
  public func percentile(_ p: Double) -> Double? {
    isEmpty ? nil : value(atRank: rank(of: p))
  }

  /// Whether the sample is too small for the percentile to mean anything: fewer than `1 ÷ (1 − p/100)` values, so below
  /// 10, 20, 100 and 1000 for p90, p95, p99 and p99.9.
  public func hasTooFew(for p: Double) -> Bool {
    Double(count) * (100 - p) < 100 - 1e-9
  }

  /// The 1-based nearest rank of percentile `p`.
  package func rank(of p: Double) -> Int {
    let steps = (p * 100).rounded()
    // Whole hundredths are ranked in whole numbers: 99.9 is no binary fraction, and a rank must not slip over it.
    let rank =
      abs(p * 100 - steps) < 1e-7
      ? RankTable.rank(ofStep: Int(steps), count: count)
      : Int((p * Double(count) / 100).rounded(.up))
    return Swift.min(Swift.max(rank, 1), count)
  }

  /// The value at the 1-based `rank`, or, where that one is not kept, at the next kept rank above (below, unless
  /// `roundingUp`). Nil where it is a failure. The sample must not be empty.
  package func value(atRank rank: Int, roundingUp: Bool = true) -> Double? {
    let value =
      switch storage {
      case .all(let values): values[rank - 1]
      case .ranks(let table): table.value(atRank: rank, roundingUp: roundingUp)
      case .histogram(let histogram): histogram.value(atRank: rank) / 1e9
      }
    return value < .infinity ? value : nil
  }
}
