import LLMPerf
import Testing

struct ArrivalProcessTests {
  private static func gaps(rate: Double, seed: UInt64, count: Int) -> [Double] {
    let times = PoissonArrivals(rate: rate).dueTimes(seed: seed).prefix(count).map(\.seconds)
    return zip(times, [0] + times).map { $0 - $1 }
  }

  @Test(arguments: [(0.5, UInt64(1)), (10, 2), (200, 3), (10_000, 4)])
  func `Poisson gaps have the mean and the variance of an exponential distribution`(rate: Double, seed: UInt64) {
    let gaps = Self.gaps(rate: rate, seed: seed, count: 20_000)
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    // Standard errors are 0.7 % and 2 % of the values; the seeds are fixed.
    #expect(abs(mean * rate - 1) < 0.02)
    #expect(abs(variance * rate * rate - 1) < 0.08)
    // P(gap > mean) = 1/e
    let long = gaps.count { $0 > 1 / rate }
    #expect(abs(Double(long) / Double(gaps.count) - 0.36788) < 0.01)
    #expect(gaps.allSatisfy { $0 >= 0 })
  }

  @Test
  func `counts of a Poisson process vary as much as their mean`() {
    let times = PoissonArrivals(rate: 100).dueTimes(seed: 9).prefix(50_000)
    var counts = [Int](repeating: 0, count: 450)
    for time in times where Int(time.seconds) < counts.count { counts[Int(time.seconds)] += 1 }
    let mean = Double(counts.reduce(0, +)) / Double(counts.count)
    let variance = counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(counts.count)
    #expect(abs(mean - 100) < 3)
    #expect(abs(variance / mean - 1) < 0.25)
  }

  @Test
  func `due times are the exact sums of their gaps, rounded once`() {
    var generator = SplitMix64(seed: 42)
    var sum = 0.0
    for due in PoissonArrivals(rate: 7.25).dueTimes(seed: 42).prefix(5000) {
      sum += -(1 - generator.nextUnit()).naturalLogarithm / 7.25
      #expect(due.nanoseconds == Int64((sum * 1e9).rounded()))
    }
  }

  @Test(arguments: [1e-10, 1e-300, .leastNonzeroMagnitude])
  func `due times beyond all counting are still in order`(rate: Double) {
    let times = Array(PoissonArrivals(rate: rate).dueTimes(seed: 1).prefix(10))
    #expect(times == times.sorted())
  }

  @Test
  func `equal seeds give equal due times, others do not`() {
    let process = PoissonArrivals(rate: 3)
    #expect(Array(process.dueTimes(seed: 5).prefix(100)) == Array(process.dueTimes(seed: 5).prefix(100)))
    #expect(Array(process.dueTimes(seed: 5).prefix(100)) != Array(process.dueTimes(seed: 6).prefix(100)))
  }

  @Test
  func `all at once is at the start`() {
    #expect(AtOnceArrivals().dueTimes(seed: 1).prefix(50).allSatisfy { $0 == .start })
  }

  @Test(
    arguments: zip(
      1...6,
      [
        0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F, 0xF88B_B8A8_724C_81EC,
        0x1B39_896A_51A8_749B,
        0x53CB_9F0C_747E_A2EA,
      ] as [UInt64]))
  func `the generator gives the reference's numbers`(draw: Int, value: UInt64) {
    var generator = SplitMix64(seed: 0)
    let draws = (0..<6).map { _ in generator.next() }
    #expect(draws[draw - 1] == value)
  }
}
