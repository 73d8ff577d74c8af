import LLMPerf

/// Prompt length against TTFT, a dot for each success.
struct ScatterChart {
  /// The most dots that are drawn.
  static let limit = 6000

  let rows: [ReportRow]

  /// The chart; nil when no request has both, and when all prompts are of one length: that shows nothing.
  var plot: Plot? {
    let all = rows.compactMap { row in
      row.succeeded ? row.timeToFirstToken.map { (x: Double(row.promptLength), y: $0) } : nil
    }
    guard !all.isEmpty else { return nil }
    let lengths = (low: all.map(\.x).min() ?? 0, high: all.map(\.x).max() ?? 1)
    guard lengths.low < lengths.high else { return nil }
    let times = (low: all.map(\.y).min() ?? 0, high: all.map(\.y).max() ?? 1)
    let isWideRange = lengths.low > 0 && lengths.high / lengths.low > 30
    let x =
      isWideRange
      ? PlotScale.logarithmic(from: lengths.low, to: lengths.high) { NumberText.grouped(Int($0.rounded())) }
      : PlotScale.linear(from: lengths.low, to: lengths.high, whole: true) { NumberText.grouped(Int($0.rounded())) }
    let y =
      times.low > 0 && times.high / times.low > 30
      ? PlotScale.logarithmic(from: times.low, to: times.high) { NumberText.shortTime($0) }
      : PlotScale.linear(to: times.high, ticks: 5) { NumberText.shortTime($0) }
    let dots = Self.thinned(all, x, y)
    return Plot(
      title: "Prompt length against time to first token",
      summary:
        "\(NumberText.grouped(all.count)) successes with prompts of \(Int(lengths.low)) to \(Int(lengths.high)) characters and a TTFT of \(NumberText.time(times.low)) to \(NumberText.time(times.high)).",
      xLabel: isWideRange ? "prompt length in characters, logarithmic" : "prompt length in characters", x: x, y: y,
      series: shades(dots, of: all.count),
      hits: cells(all, x, y), height: 300,
      note: dots.count < all.count
        ? "\(NumberText.grouped(dots.count)) dots for \(NumberText.grouped(all.count)) requests: those that would lie on one another are drawn once, and the stronger the more they are."
        : nil,
      isWide: true)
  }

  /// A dot, and how many requests lie there.
  typealias Dot = (x: Double, y: Double, count: Int)

  /// At most `limit` dots: of requests that fall into the same cell of a grid the first is drawn, and the grid is the finest
  /// that is coarse enough. Outliers stay where they are, crowds keep their outline, and the same run gives the same picture.
  static func thinned(_ points: [(x: Double, y: Double)], _ x: PlotScale, _ y: PlotScale) -> [Dot] {
    guard points.count > limit else { return points.map { ($0.x, $0.y, 1) } }
    var columns = 1000.0
    while true {
      let lines = (columns / 3).rounded()
      var places: [Int: Int] = [:]
      var dots: [Dot] = []
      for point in points {
        let cell = Int(y.position(point.y) * lines) * 2000 + Int(x.position(point.x) * columns)
        if let place = places[cell] {
          dots[place].count += 1
        } else {
          places[cell] = dots.count
          dots.append((point.x, point.y, 1))
        }
      }
      if dots.count <= limit { return dots }
      columns /= 1.25
    }
  }

  /// The dots by how many requests lie there, in three shades.
  private func shades(_ dots: [Dot], of requests: Int) -> [Plot.Series] {
    guard dots.count < requests else {
      return [Plot.Series(name: nil, color: "a", mark: .dots(dots.map { ($0.x, $0.y) }))]
    }
    let usual = Double(requests) / Double(dots.count)
    let shades: [(color: String, counts: Range<Double>)] = [
      ("a pale", 0..<usual / 3), ("a", usual / 3..<usual * 1.5), ("a full", usual * 1.5..<Double.infinity),
    ]
    return shades.map { shade in
      let dots = dots.filter { shade.counts.contains(Double($0.count)) }
      return Plot.Series(name: nil, color: shade.color, mark: .dots(dots.map { ($0.x, $0.y) }))
    }
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
          "\(counts[index] == 1 ? "1 request" : "\(NumberText.grouped(counts[index])) requests"): \(NumberText.grouped(Int(across.lowerBound))) – \(NumberText.grouped(Int(across.upperBound))) characters, TTFT \(NumberText.time(up.lowerBound)) – \(NumberText.time(up.upperBound))"
      )
    }
  }
}
