import Testing

@testable import LLMPerfExport

struct PlotScaleTests {
  @Test(arguments: [
    (0.0, 1.0, 5, 0.2), (0, 7, 5, 2), (0, 95, 4, 25), (0, 0.00037, 5, 0.0001), (0, 1_234_567, 5, 250_000),
  ])
  func `puts ticks at round values`(low: Double, high: Double, count: Int, step: Double) {
    let found = PlotScale.niceStep(span: high - low, count: count, whole: false)
    #expect(abs(found - step) < step * 1e-9)
  }

  @Test func `reaches the tick above the highest value`() {
    let scale = PlotScale.linear(to: 95, ticks: 4) { "\(Int($0))" }
    #expect(scale.ticks.map(\.label) == ["0", "25", "50", "75", "100"])
    #expect(scale.ticks.map(\.position) == [0, 0.25, 0.5, 0.75, 1])
    #expect(scale.position(50) == 0.5)
  }

  @Test(arguments: [0.0, 5, -1])
  func `has an axis for equal values`(value: Double) {
    let scale = PlotScale.linear(from: value, to: value) { "\($0)" }
    #expect(scale.high > scale.low)
    #expect(scale.ticks.count >= 2)
    #expect(scale.position(value).isFinite)
  }

  @Test func `counts things in whole steps`() {
    let scale = PlotScale.linear(to: 2, ticks: 5, whole: true) { "\($0)" }
    #expect(scale.ticks.map(\.label) == ["0.0", "1.0", "2.0"])
  }

  @Test func `keeps its bounds when asked`() {
    let scale = PlotScale.exact(from: 0.3, to: 10.2) { "\($0)" }
    #expect(scale.ticks.map(\.label) == ["2.0", "4.0", "6.0", "8.0", "10.0"])
    #expect(scale.position(0.3) == 0)
    #expect(scale.position(10.2) == 1)
  }

  @Test func `is logarithmic over many orders`() {
    let scale = PlotScale.times(from: 0.001, to: 10)
    #expect(scale.kind == .logarithmic)
    #expect(scale.ticks.map(\.label) == ["1 ms", "10 ms", "100 ms", "1 s", "10 s"])
    #expect(abs(scale.position(0.1) - 0.5) < 1e-12)
    #expect(scale.position(0) == 0)
  }

  @Test func `spreads percentiles by nines, as far as the sample tells`() {
    let scale = PlotScale.nines(count: 1000)
    #expect(scale.ticks.map(\.label) == ["p50", "p90", "p99", "p99.9"])
    #expect(abs(scale.position(0.9) - 1 / 3.0) < 1e-9)
    #expect(scale.position(1) == 1)
    #expect(PlotScale.nines(count: 0).position(0.2).isFinite)
  }

  @Test(arguments: [
    PlotScale.linear(from: 2, to: 9) { "\($0)" }, PlotScale.logarithmic(from: 0.01, to: 5) { "\($0)" },
    PlotScale.nines(count: 5000),
  ])
  func `finds the value at a position again`(scale: PlotScale) {
    for position in [0.0, 0.25, 0.5, 0.9, 1] {
      #expect(abs(scale.position(scale.value(at: position)) - position) < 1e-9)
    }
  }
}

extension PlotScaleTests {
  private static let values = [
    0, 1, -1, 1e-300, 1e-12, 1e15, 1e300, -1e300, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity,
    -.infinity, .nan,
  ]

  @Test(arguments: values, values)
  func `survives ends of any size and order`(low: Double, high: Double) {
    let scales = [
      PlotScale.linear(from: low, to: high) { "\($0)" }, PlotScale.linear(from: low, to: high, whole: true) { "\($0)" },
      PlotScale.exact(from: low, to: high) { "\($0)" }, PlotScale.logarithmic(from: low, to: high) { "\($0)" },
      PlotScale.times(from: low, to: high),
    ]
    for scale in scales {
      #expect(scale.low < scale.high)
      #expect(scale.ticks.count <= 60)
      for value in Self.values { #expect((0...1).contains(scale.position(value))) }
    }
  }
}
