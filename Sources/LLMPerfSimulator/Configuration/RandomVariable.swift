import Glibc
package import LLMPerf

/// A non-negative quantity that is drawn anew for each use: a delay in nanoseconds, or a number of tokens.
package struct RandomVariable: Sendable, Hashable {
  /// The distribution's shape, in the unit of the quantity.
  package enum Shape: Sendable, Hashable {
    case fixed(Double)
    case uniform(from: Double, to: Double)
    /// Draws below 0 count as 0.
    case normal(mean: Double, deviation: Double)
    /// `sigma` is the standard deviation of the logarithm.
    case logNormal(median: Double, sigma: Double)
    case gamma(mean: Double, shape: Double)
    case exponential(mean: Double)
  }

  package var shape: Shape

  package init(_ shape: Shape) {
    self.shape = shape
  }

  /// Always the same duration.
  package static func fixed(_ duration: Duration) -> RandomVariable {
    RandomVariable(.fixed(Double(duration.wholeNanoseconds)))
  }

  /// Whether every draw is 0.
  package var isZero: Bool { shape == .fixed(0) }

  /// The expected value; of a normal distribution, as if nothing were cut off at 0.
  package var mean: Double {
    switch shape {
    case .fixed(let value): value
    case .uniform(let from, let to): (from + to) / 2
    case .normal(let mean, _), .gamma(let mean, _), .exponential(let mean): mean
    case .logNormal(let median, let sigma): median * exp(sigma * sigma / 2)
    }
  }

  /// Draws a value; what a wide distribution gives beyond a year, or beyond all counting, is cut off there.
  package func draw(_ generator: inout SplitMix64) -> Double {
    min(max(0, drawFreely(&generator)), .longest)
  }

  private func drawFreely(_ generator: inout SplitMix64) -> Double {
    switch shape {
    case .fixed(let value): value
    case .uniform(let from, let to): from + (to - from) * generator.nextUnit()
    case .normal(let mean, let deviation): mean + deviation * RandomVariable.normal(&generator)
    case .logNormal(let median, let sigma): median * exp(sigma * RandomVariable.normal(&generator))
    case .gamma(let mean, let shape): mean / shape * RandomVariable.gamma(shape, &generator)
    case .exponential(let mean): -mean * log(1 - generator.nextUnit())
    }
  }

  /// A standard normal draw (Box and Muller 1958); the second value of the pair is not kept, so that a draw depends on
  /// the generator alone.
  private static func normal(_ generator: inout SplitMix64) -> Double {
    let radius = sqrt(-2 * log(1 - generator.nextUnit()))
    return radius * cos(2 * .pi * generator.nextUnit())
  }

  /// A gamma draw of scale 1 (Marsaglia and Tsang 2000); shapes below 1 by their rule for those.
  private static func gamma(_ shape: Double, _ generator: inout SplitMix64) -> Double {
    if shape < 1 {
      return gamma(shape + 1, &generator) * pow(1 - generator.nextUnit(), 1 / shape)
    }
    let d = shape - 1 / 3
    let c = 1 / sqrt(9 * d)
    while true {
      let x = normal(&generator)
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - generator.nextUnit()) < x * x / 2 + d * (1 - v + log(v)) { return d * v }
    }
  }
}

extension RandomVariable {
  /// Draws a number of tokens, one at least.
  func drawCount(_ generator: inout SplitMix64) -> Int {
    max(1, Int(min(draw(&generator), Double(SimulatorConfiguration.mostTokens)).rounded()))
  }
}

extension Int64 {
  /// The instant so many nanoseconds later. Delays that add up beyond all counting end in an instant that never comes, from
  /// which differences can still be taken.
  func later(by nanoseconds: Double) -> Int64 {
    let never: Int64 = 1 << 61
    return self >= never ? self : self + Int64(Swift.min(Swift.max(0, nanoseconds), Double(never - self)))
  }
}
