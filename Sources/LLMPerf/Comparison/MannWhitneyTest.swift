import Glibc

/// The rank test of Mann and Whitney: whether values of one sample tend to be larger than those of another.
///
/// It assumes nothing of the values' distribution. Tied values share their mean rank, and the variance is corrected for
/// them. Small samples without ties are judged by the exact distribution of U, others by the normal one with a continuity
/// correction; where values depend on those before them, the variance is inflated and Student's t replaces the normal.
public struct MannWhitneyTest: Sendable, Hashable {
  /// U of the first sample: the number of pairs in which its value is the larger one, ties counting half.
  public let u: Double
  /// The two-sided probability of a U at least this far from its mean, were the two samples of one distribution.
  public let pValue: Double
  /// The share of pairs in which the second sample's value is the larger one, ties counting half. 0.5: no tendency.
  public let superiority: Double
  /// The standard deviation of U under no difference, inflation included.
  let deviation: Double

  /// The test of `first` against `second`; p is 1 when one of them is empty or all values are equal.
  public init(_ first: [Double], _ second: [Double]) {
    self.init(PooledRanks(first, second))
  }

  /// The test on ranks found before.
  ///
  /// - Parameters:
  ///   - inflation: the factor by which dependence between values raises the variance of U; 1 for independent ones.
  ///   - degreesOfFreedom: of Student's t, for estimated inflation; nil for the normal distribution.
  init(_ ranks: PooledRanks, inflation: Double = 1, degreesOfFreedom: Double? = nil) {
    let n1 = Double(ranks.first.count)
    let n2 = Double(ranks.second.count)
    guard n1 > 0, n2 > 0 else {
      (u, pValue, superiority, deviation) = (0, 1, 0.5, 0)
      return
    }
    u = ranks.first.reduce(0, +) - n1 * (n1 + 1) / 2
    superiority = 1 - u / (n1 * n2)
    let n = n1 + n2
    let ties = ranks.tieSizes.reduce(0) { $0 + Double($1) * (Double($1) * Double($1) - 1) }
    let variance = n1 * n2 / 12 * (n + 1 - (n > 1 ? ties / (n * (n - 1)) : 0)) * max(1, inflation)
    deviation = max(0, variance).squareRoot()
    let distance = abs(u - n1 * n2 / 2)
    if ranks.tieSizes.isEmpty, min(n1, n2) <= 8, max(n1, n2) <= 500, inflation <= 1 {
      pValue = Self.exactProbability(distance: distance, ranks.first.count, ranks.second.count)
    } else if deviation == 0 {
      pValue = 1
    } else {
      let z = max(0, distance - 0.5) / deviation
      pValue = min(
        1,
        degreesOfFreedom.map { 2 * (1 - StudentT(degreesOfFreedom: max(1, $0)).cumulative(z)) }
          ?? erfc(z / 2.0.squareRoot()))
    }
  }

  /// `P(|U − mean| ≥ distance)` for samples of `n1` and `n2` without ties: the number of ways to reach each U are the
  /// coefficients of the Gaussian binomial `∏ (1 − q^(n2 + i)) ÷ (1 − q^i)`, i from 1 to n1.
  private static func exactProbability(distance: Double, _ n1: Int, _ n2: Int) -> Double {
    let (small, large) = (min(n1, n2), max(n1, n2))
    let top = small * large
    var ways = [Double](repeating: 0, count: top + 1)
    ways[0] = 1
    for i in 1...small {
      let shift = large + i
      if shift <= top {
        for u in stride(from: top, through: shift, by: -1) { ways[u] -= ways[u - shift] }
      }
      for u in i...max(i, top) where u <= top { ways[u] += ways[u - i] }
    }
    let total = ways.reduce(0, +)
    let mean = Double(top) / 2
    let tail = ways.indices.reduce(0.0) { Double($1) - mean >= distance - 1e-9 ? $0 + ways[$1] : $0 }
    return min(1, 2 * tail / total)
  }
}

/// The ranks of two samples in their union, tied values sharing their mean rank, in the samples' own order.
struct PooledRanks {
  private(set) var first: [Double]
  private(set) var second: [Double]
  /// How many values each group of equal ones has; groups of one are left out.
  private(set) var tieSizes: [Int] = []

  init(_ a: [Double], _ b: [Double]) {
    let values = a + b
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2
      for position in start..<end { ranks[order[position]] = rank }
      if end - start > 1 { tieSizes.append(end - start) }
      start = end
    }
    first = Array(ranks[..<a.count])
    second = Array(ranks[a.count...])
  }
}
