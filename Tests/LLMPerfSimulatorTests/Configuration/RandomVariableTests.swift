import LLMPerf
import LLMPerfSimulator
import Testing

struct RandomVariableTests {
  /// Mean and variance by formula, in milliseconds.
  @Test(
    arguments: [
      ("200ms", 200.0, 0.0), ("fixed:0.2s", 200, 0), ("uniform:50ms,150ms", 100, 10_000.0 / 12),
      ("normal:100ms,10ms", 100, 100), ("lognormal:100ms,0.5", 113.3148, 3646.95), ("gamma:20ms,4", 20, 100),
      ("gamma:20ms,0.5", 20, 800), ("exp:30ms", 30, 900), ("exp:30000us", 30, 900),
    ] as [(String, Double, Double)])
  func `draws have the mean and variance of their distribution`(text: String, mean: Double, variance: Double) throws {
    let variable = try RandomVariable(parsing: text, .duration)
    #expect(abs(variable.mean / 1e6 - mean) < 1e-3)
    var generator = SplitMix64(seed: 11)
    let count = 200_000
    let draws = (0..<count).map { _ in variable.draw(&generator) / 1e6 }
    let average = draws.reduce(0, +) / Double(count)
    let spread = draws.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(count)
    // Five standard errors of the mean; the variance's own is a few per mille, more for the skewed ones.
    #expect(abs(average - mean) <= 5 * (variance / Double(count)).squareRoot() + 1e-9)
    #expect(abs(spread - variance) <= 0.05 * variance + 1e-9)
    #expect(draws.allSatisfy { $0 >= 0 })
  }

  @Test func `normal draws below zero count as zero`() throws {
    let variable = try RandomVariable(parsing: "normal:0ms,10ms", .duration)
    var generator = SplitMix64(seed: 1)
    let draws = (0..<1000).map { _ in variable.draw(&generator) }
    #expect(draws.contains(0) && draws.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: [
    "", "200", "fast", "-5ms", "nan", "infs", "uniform:10ms", "uniform:20ms,10ms", "normal:1ms,2ms,3ms", "gamma:5ms,0",
    "poisson:5ms", "lognormal:100ms,0.5ms", "fixed:1ms,2ms", "exp:",
  ])
  func `refuses what is no distribution, quoting it`(text: String) {
    #expect { try RandomVariable(parsing: text, .duration) } throws: { error in
      (error as? UsageError)?.message.contains("'\(text)'") == true
    }
  }

  @Test func `counts take no unit`() throws {
    #expect(try RandomVariable(parsing: "128", .count).mean == 128)
    #expect(throws: UsageError.self) { try RandomVariable(parsing: "128ms", .count) }
    #expect(try RandomVariable(parsing: "0", .duration).isZero)
  }
}
