import LLMPerf

/// The shape of a sample: how often which values came, and the value at each percentile.
struct DistributionCharts {
  let name: String
  let unit: SummaryMetric.Unit
  let sample: Distribution

  /// Values at equal shares of the sample, ascending. Below `points` values these are the values themselves.
  private let quantiles: [Double]
  private static let points = 2000

  init(name: String, unit: SummaryMetric.Unit, sample: Distribution) {
    self.name = name
    self.unit = unit
    self.sample = sample
    let count = min(sample.count, Self.points)
    quantiles = (0..<count).compactMap { sample.percentile((Double($0) + 0.5) * 100 / Double(count)) }
      .filter(\.isFinite)
  }

  /// How often which values came.
  var histogram: Plot? {
    guard let low = sample.min, let high = sample.max, high.isFinite else { return nil }
    // A count that all requests share is no distribution; the axis of times shows it as one bar.
    if unit == .count, low == high { return nil }
    let x = valueAxis(from: low, to: high)
    let edges = binEdges(along: x)
    let bins = edges.count - 1
    var shares = [Double](repeating: 0, count: bins)
    for value in quantiles {
      let bin = (edges.firstIndex { $0 > value } ?? edges.count) - 1
      shares[min(bins - 1, max(0, bin))] += 1 / Double(quantiles.count)
    }
    let y = PlotScale.linear(to: shares.max() ?? 1, ticks: 4) { NumberText.percent($0) }
    let isExact = sample.count <= Self.points
    let hits = shares.indices.filter { shares[$0] > 0 }.map { bin in
      let amount = isExact ? " (\(NumberText.grouped(Int((shares[bin] * Double(sample.count)).rounded()))))" : ""
      return Plot.Hit(
        x: edges[bin]...edges[bin + 1], y: nil,
        text: "\(unit.text(edges[bin])) – \(unit.text(edges[bin + 1])): \(NumberText.percent(shares[bin]))\(amount)")
    }
    return Plot(
      title: "\(name): distribution", summary: words, xLabel: axisLabel(x), x: x, y: y,
      series: [
        Plot.Series(
          name: nil, color: "a", mark: .bars(shares.indices.map { (from: edges[$0], to: edges[$0 + 1], y: shares[$0]) })
        )
      ],
      guides: guides, hits: hits)
  }

  /// The value at each percentile, by the number of nines.
  var percentileCurve: Plot? {
    guard let low = sample.min, let high = sample.max, high.isFinite, sample.count >= 2 else { return nil }
    let x = PlotScale.nines(count: sample.count)
    let steps = 160
    let points = (0...steps).compactMap { step -> (x: Double, y: Double)? in
      let p = x.value(at: Double(step) / Double(steps))
      return sample.percentile(p * 100).map { (x: p, y: $0) }
    }
    let y =
      unit == .seconds && low > 0 && high / low > 30
      ? PlotScale.logarithmic(from: low, to: high) { NumberText.shortTime($0) }
      : PlotScale.linear(to: high, ticks: 4) { unit == .seconds ? NumberText.shortTime($0) : unit.text($0) }
    let hits = (0..<40).map { band -> Plot.Hit in
      let (from, to) = (x.value(at: Double(band) / 40), x.value(at: Double(band + 1) / 40))
      let p = (x.value(at: (Double(band) + 0.5) / 40)) * 100
      return Plot.Hit(x: from...to, y: nil, text: "p\(NumberText.short(p)): \(unit.text(sample.percentile(p)))")
    }
    return Plot(
      title: "\(name): percentiles", summary: words, xLabel: PlotScale.ninesLabel, x: x, y: y,
      series: [Plot.Series(name: nil, color: "a", mark: .line(points))], hits: hits)
  }

  /// The sample in a sentence.
  var words: String {
    var parts = ["\(NumberText.grouped(sample.count)) values from \(unit.text(sample.min)) to \(unit.text(sample.max))"]
    for p in [50.0, 90, 99] {
      if let value = sample.reportablePercentile(p) { parts.append("p\(NumberText.short(p)) \(unit.text(value))") }
    }
    return "\(name): " + parts.joined(separator: ", ") + "."
  }

  /// The edges of bins of equal width on the axis, 40 at most and fewer for a small sample, whose bins would hold a value
  /// or none; those of whole numbers are so wide that each holds as many of them.
  private func binEdges(along axis: PlotScale) -> [Double] {
    let count = min(40, max(8, 2 * Double(sample.count).squareRoot().rounded(.up)))
    guard unit == .count else { return (0...Int(count)).map { axis.value(at: Double($0) / count) } }
    let span = (sample.max ?? 0) - (sample.min ?? 0) + 1
    let width = max(1, (span / count).rounded(.up))
    return (0...Int(((axis.high - axis.low) / width).rounded(.up))).map { axis.low + Double($0) * width }
  }

  private var guides: [Plot.Guide] {
    [50.0, 99].compactMap { p in
      guard let value = sample.reportablePercentile(p), value.isFinite else { return nil }
      return Plot.Guide(x: value, label: "p\(NumberText.short(p))")
    }
  }

  private func valueAxis(from low: Double, to high: Double) -> PlotScale {
    if unit == .seconds {
      // Values that are all but equal must look so, and the ticks between them need labels that differ.
      let margin = max(0, 0.05 * high - (high - low)) / 2
      return PlotScale.times(from: max(0, low - margin), to: high > 0 ? high + margin : 1e-9)
    }
    // A whole number takes the place up to the next one.
    return PlotScale.linear(from: low, to: unit == .count ? high + 1 : high, whole: unit == .count) { unit.text($0) }
  }

  private func axisLabel(_ axis: PlotScale) -> String {
    axis.kind == .logarithmic ? "\(name), logarithmic" : name
  }
}
