import Glibc

/// Student's t distribution.
struct StudentT {
  let degreesOfFreedom: Double

  /// The value that a variable of this distribution stays below with probability `level`, 0.5 or more.
  func quantile(_ level: Double) -> Double {
    var low = 0.0
    var high = 2.0
    while cumulative(high) < level, high < 1e9 { high *= 2 }
    for _ in 0..<200 where high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if cumulative(middle) < level { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// `P(T ≤ t)` for t ≥ 0, by the incomplete beta function.
  func cumulative(_ t: Double) -> Double {
    let x = degreesOfFreedom / (degreesOfFreedom + t * t)
    return 1 - 0.5 * Self.incompleteBeta(degreesOfFreedom / 2, 0.5, x)
  }

  /// The regularized incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8), evaluated by
  /// Lentz's method.
  private static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // The fraction converges fast on this side only; the other is its mirror image.
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(b, a, 1 - x) }
    var sign: Int32 = 0
    let logBeta = lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign)
    let front = exp(a * log(x) + b * log1p(-x) - logBeta) / a
    var c = 1.0
    var d = 1 / (1 - (a + b) * x / (a + 1))
    var fraction = d
    for step in 1...1000 {
      let m = Double(step)
      for term in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / (1 + term * d)
        c = 1 + term / c
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * fraction
  }
}
