import Glibc

/// The binomial distribution: how many of `trials` succeed, each with `probability`, which lies between 0 and 1.
struct Binomial {
  let trials: Int
  let probability: Double

  /// The smallest count with `P(B ≤ count) ≥ level`.
  func quantile(_ level: Double) -> Int {
    let mean = Double(trials) * probability
    let deviation = (mean * (1 - probability)).squareRoot()
    // Twelve deviations and a few: what lies outside weighs less than the last bit of `level`.
    let first = max(0, Int(mean - 12 * deviation - 12))
    let last = min(trials, Int(mean + 12 * deviation + 12))
    var mass = massOf(first)
    var sum = mass
    var count = first
    let odds = probability / (1 - probability)
    while sum < level, count < last {
      mass =
        mass > 1e-280
        ? mass * odds * Double(trials - count) / Double(count + 1) : massOf(count + 1)
      count += 1
      sum += mass
    }
    return count
  }

  private func massOf(_ count: Int) -> Double {
    let k = Double(count)
    let n = Double(trials)
    let ways = Self.logGamma(n + 1) - Self.logGamma(k + 1) - Self.logGamma(n - k + 1)
    return exp(ways + k * log(probability) + (n - k) * log1p(-probability))
  }

  private static func logGamma(_ x: Double) -> Double {
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }
}
