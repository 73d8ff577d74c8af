import LLMPerf

/// Prompt length against TTFT, a dot for each request.
struct ScatterChart {
  /// The most dots that are drawn.
  static let limit = 4000

  let rows: [ReportRow]

  /// The chart; nil when no request has both.
  var plot: Plot? {
    let all = rows.compactMap { row in row.timeToFirstToken.map { (x: Double(row.promptLength), y: $0, row.index) } }
    guard !all.isEmpty else { return nil }
    let dots = Self.sampled(all)
    let lengths = (low: all.map(\.x).min() ?? 0, high: all.map(\.x).max() ?? 1)
    let times = (low: all.map(\.y).min() ?? 0, high: all.map(\.y).max() ?? 1)
    let isWideRange = lengths.low > 0 && lengths.high / lengths.low > 30
    let x =
      isWideRange
      ? PlotScale.logarithmic(from: lengths.low, to: lengths.high) { NumberText.grouped(Int($0.rounded())) }
      : PlotScale.linear(from: lengths.low, to: lengths.high, whole: true) { NumberText.grouped(Int($0.rounded())) }
    let y =
      times.low > 0 && times.high / times.low > 30
      ? PlotScale.logarithmic(from: times.low, to: times.high) { NumberText.time($0) }
      : PlotScale.linear(to: times.high, ticks: 5) { NumberText.time($0) }
    let shown = dots.count < all.count
    return Plot(
      title: "Prompt length against time to first token",
      summary:
        "\(NumberText.grouped(all.count)) requests with prompts of \(Int(lengths.low)) to \(Int(lengths.high)) characters and a TTFT of \(NumberText.time(times.low)) to \(NumberText.time(times.high)).",
      xLabel: isWideRange ? "prompt length in characters, logarithmic" : "prompt length in characters", x: x, y: y,
      series: [Plot.Series(name: nil, color: "a", mark: .dots(dots.map { (x: $0.x, y: $0.y) }))],
      hits: cells(all.map { (x: $0.x, y: $0.y) }, x, y), height: 300,
      note: shown
        ? "\(NumberText.grouped(dots.count)) of \(NumberText.grouped(all.count)) requests are drawn: the slowest ones, and every so many of the others."
        : nil,
      isWide: true)
  }

  /// At most `limit` points: the slowest twentieth of them, since outliers are what one looks for, and of the others every
  /// so many in the order of sending. Nothing is drawn by chance, so the same run gives the same picture.
  static func sampled(_ points: [(x: Double, y: Double, Int)]) -> [(x: Double, y: Double, Int)] {
    guard points.count > limit else { return points }
    let byTime = points.sorted { ($0.y, $0.2) > ($1.y, $1.2) }
    let slowest = byTime.prefix(limit / 20)
    let others = byTime.dropFirst(limit / 20).sorted { $0.2 < $1.2 }
    let wanted = limit - slowest.count
    return slowest + (0..<wanted).map { others[$0 * others.count / wanted] }
  }

  /// What lies where, in cells to point at.
  private func cells(_ points: [(x: Double, y: Double)], _ x: PlotScale, _ y: PlotScale) -> [Plot.Hit] {
    let (columns, lines) = (24, 10)
    var counts = [Int](repeating: 0, count: columns * lines)
    for point in points {
      let column = min(columns - 1, Int(x.position(point.x) * Double(columns)))
      let line = min(lines - 1, Int(y.position(point.y) * Double(lines)))
      counts[line * columns + column] += 1
    }
    return counts.indices.filter { counts[$0] > 0 }.map { index in
      let column = Double(index % columns)
      let line = Double(index / columns)
      let across = x.value(at: column / Double(columns))...x.value(at: (column + 1) / Double(columns))
      let up = y.value(at: line / Double(lines))...y.value(at: (line + 1) / Double(lines))
      return Plot.Hit(
        x: across, y: up,
        text:
          "\(NumberText.grouped(counts[index])) requests: \(NumberText.grouped(Int(across.lowerBound))) – \(NumberText.grouped(Int(across.upperBound))) characters, TTFT \(NumberText.time(up.lowerBound)) – \(NumberText.time(up.upperBound))"
      )
    }
  }
}
