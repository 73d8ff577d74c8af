/// Intervals of single values of a run, and of their differences between two runs.
///
/// Values depend on those before them (a queue that is long stays long), so a sample of n is worth n ÷ τ independent
/// values, τ being the correlation time.
enum SampleInterval {
  /// The two-sided quantile of the normal distribution for 95 %.
  static let normalQuantile = 1.959_963_984_540_054

  /// A value with the range that holds the true one.
  struct Estimate {
    var value: Double
    var range: ClosedRange<Double>
  }

  /// Percentile `p` of `values`, given in the order of sending: order statistics around it, as many ranks away as the
  /// binomial number of values below it varies. Nil when the sample has not enough values on both sides.
  static func percentile(_ p: Double, of values: [Double]) -> Estimate? {
    let sample = Distribution(values)
    guard !sample.hasTooFew(for: p), let value = sample.percentile(p) else { return nil }
    let n = Double(values.count)
    let time = correlationTime(of: values.map { $0 > value ? 1 : 0 })
    let half = normalQuantile * (n * p / 100 * (1 - p / 100) * time).squareRoot()
    let low = (n * p / 100 - half).rounded(.down)
    let high = (n * p / 100 + half).rounded(.up) + 1
    guard low >= 1, high <= n, let from = sample.percentile(low / n * 100), let to = sample.percentile(high / n * 100)
    else {
      return nil
    }
    return Estimate(value: value, range: min(from, value)...max(to, value))
  }

  /// The share of ones among `values`, by Wilson's interval for the effective number of values.
  static func share(of values: [Double]) -> Estimate? {
    guard !values.isEmpty else { return nil }
    let share = values.reduce(0, +) / Double(values.count)
    let n = Double(values.count) / correlationTime(of: values)
    let z = normalQuantile
    let center = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return Estimate(value: share, range: max(0, min(share, center - half))...min(1, max(share, center + half)))
  }

  /// `second − first` with the interval that their own ones give ("method of variance estimates recovery": Newcombe 1998;
  /// Zou and Donner 2008).
  static func difference(_ first: Estimate, _ second: Estimate) -> Estimate {
    let value = second.value - first.value
    func distance(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    let down = distance(second.value - second.range.lowerBound, first.range.upperBound - first.value)
    let up = distance(second.range.upperBound - second.value, first.value - first.range.lowerBound)
    return Estimate(value: value, range: (value - down)...(value + up))
  }
}
