import LLMPerf

/// The percentile curves of one metric, a line for each run.
struct ComparisonCurves {
  let comparison: MetricComparison
  let labels: [String]

  private static let colors = ["a", "b", "good", "bad", "quiet"]

  /// The chart; nil for a metric without percentiles.
  var plot: Plot? {
    let samples = comparison.samples
    let unit = comparison.metric.unit
    guard comparison.metric != .failed, samples.allSatisfy({ $0.count >= 2 }), samples.count <= Self.colors.count,
      let high = samples.compactMap(\.max).max(), let low = samples.compactMap(\.min).min()
    else { return nil }
    let x = PlotScale.nines(count: samples.map(\.count).max() ?? 2)
    let y =
      unit == .seconds && low > 0 && high / low > 30
      ? PlotScale.logarithmic(from: low, to: high) { NumberText.shortTime($0) }
      : PlotScale.linear(to: high, ticks: 4) { unit == .seconds ? NumberText.shortTime($0) : unit.text($0) }
    let series = samples.indices.map { index in
      let own = PlotScale.nines(count: samples[index].count)
      let points = (0...160).compactMap { step -> (x: Double, y: Double)? in
        let p = own.value(at: Double(step) / 160)
        return samples[index].percentile(p * 100).map { (x: p, y: $0) }
      }
      return Plot.Series(name: labels[index], color: Self.colors[index], mark: .line(points))
    }
    let hits = (0..<40).map { band -> Plot.Hit in
      let p = x.value(at: (Double(band) + 0.5) / 40) * 100
      let words = zip(labels, samples).map { "\($0) \(unit.text($1.percentile(p)))" }
      return Plot.Hit(
        x: x.value(at: Double(band) / 40)...x.value(at: Double(band + 1) / 40), y: nil,
        text: "p\(NumberText.short(p)): \(words.joined(separator: ", "))")
    }
    return Plot(
      title: "\(comparison.metric.label): percentiles",
      summary: zip(labels, samples).map { "\($0): p50 \(unit.text($1.percentile(50)))" }.joined(separator: "; "),
      xLabel: PlotScale.ninesLabel, x: x, y: y, series: series, hits: hits, isWide: true)
  }
}
