import LLMPerf

extension Plot {
  /// Units of the stretched part; enough for a line to look smooth, few enough to keep coordinates short.
  private static let width = 2000.0
  private static let depth = 1000.0

  /// The chart as an HTML figure. `identifier` is unique in its page.
  func figure(identifier: String) -> Markup {
    var html: Markup = "<figure class=\"plot\(isWide ? " wide" : "")\">\n<figcaption>\(title)"
    let named = series.compactMap { entry in entry.name.map { (name: $0, color: entry.color) } }
    if !named.isEmpty {
      html += " <span class=\"legend\">"
      html += named.map { "<span class=\"key k-\($0.color)\">\($0.name)</span>" as Markup }.joined()
      html += "</span>"
    }
    html += "</figcaption>\n<div class=\"canvas\" style=\"height:\(height)px\">\n"
    html +=
      "<svg role=\"img\" aria-labelledby=\"\(identifier)t\" aria-describedby=\"\(identifier)d\" width=\"100%\" height=\"100%\">"
    html += "<title id=\"\(identifier)t\">\(title)</title>"
    html += "<desc id=\"\(identifier)d\">\(summary)</desc>\n"
    html += axes()
    html += "<svg viewBox=\"0 0 2000 1000\" preserveAspectRatio=\"none\" width=\"100%\" height=\"100%\">\n"
    for entry in series { html += path(entry) }
    html += "</svg>\n"
    html += guideLines()
    html += hitAreas()
    html += "</svg>\n</div>\n"
    if let xLabel { html += "<p class=\"axis\">\(xLabel)</p>\n" }
    if let note { html += "<p class=\"note\">\(note)</p>\n" }
    return html + "</figure>\n"
  }

  private func axes() -> Markup {
    var svg: Markup = "<g class=\"grid\">"
    for tick in gridStands ? x.ticks : y.ticks {
      let position = Self.percent(gridStands ? tick.position : 1 - tick.position)
      svg +=
        gridStands
        ? "<line x1=\"\(position)\" x2=\"\(position)\" y1=\"0\" y2=\"100%\"/>"
        : "<line x1=\"0\" x2=\"100%\" y1=\"\(position)\" y2=\"\(position)\"/>"
    }
    svg += "</g>\n<g class=\"tick\">"
    for tick in y.ticks where !tick.label.isEmpty {
      svg +=
        "<text class=\"e\" x=\"-8\" y=\"\(Self.percent(1 - tick.position))\" dy=\"4\">\(tick.label)</text>"
    }
    for tick in x.ticks {
      let anchor: Markup = tick.position < 0.02 ? " class=\"s\"" : tick.position > 0.97 ? " class=\"e\"" : ""
      svg +=
        "<text\(anchor) x=\"\(Self.percent(tick.position))\" y=\"100%\" dy=\"18\">\(tick.label)</text>"
    }
    svg += "</g>\n<line class=\"base\" x1=\"0\" x2=\"100%\" y1=\"100%\" y2=\"100%\"/>\n"
    return svg
  }

  private func path(_ entry: Series) -> Markup {
    let (style, data) =
      switch entry.mark {
      case .line(let points): ("l", linePath(points))
      case .area(let points): ("f", areaPath(points))
      case .bars(let bars): ("r", barPath(bars))
      case .dots(let dots): (dotStyle, dotPath(dots))
      case .spans(let spans): ("r", spanPath(spans))
      }
    return data.isEmpty ? "" : "<path class=\"\(style) c-\(entry.color)\" d=\"\(data)\"/>\n"
  }

  /// Dots are the larger the fewer there are, all of a chart alike.
  private var dotStyle: String {
    let count = series.reduce(0) { sum, entry in
      if case .dots(let dots) = entry.mark { sum + dots.count } else { sum }
    }
    return count < 200 ? "o few" : count < 2000 ? "o some" : "o"
  }

  /// A point without neighbours becomes a line of no length, which its round ends make a dot.
  private func linePath(_ points: [(x: Double, y: Double)?]) -> String {
    points.split(whereSeparator: { $0 == nil }).map { run in
      let places = run.compactMap(\.self).map { "\(across($0.x)) \(down($0.y))" }
      return "M" + (places.count == 1 ? places[0] + "h0" : places.joined(separator: "L"))
    }.joined()
  }

  private func areaPath(_ points: [(x: Double, y: Double)?]) -> String {
    points.split(whereSeparator: { $0 == nil }).map { run in
      let run = run.compactMap(\.self)
      guard let first = run.first, let last = run.last else { return "" }
      return linePath(run) + "L\(across(last.x)) 1000L\(across(first.x)) 1000Z"
    }.joined()
  }

  /// A narrow gap parts neighbours, and what is more than nothing can be seen.
  private func barPath(_ bars: [(from: Double, to: Double, y: Double)]) -> String {
    bars.map { bar in
      guard y.position(bar.y) > 0 else { return "" }
      let (from, to) = (across(bar.from), across(bar.to))
      let gap = min(4, (to - from) / 8)
      return "M\(from + gap) 1000V\(min(992, down(bar.y)))H\(to - gap)V1000Z"
    }.joined()
  }

  /// Lines of no length with round ends: they stay round however the plot is stretched.
  private func dotPath(_ dots: [(x: Double, y: Double)]) -> String {
    dots.map { "M\(across($0.x)) \(down($0.y))h0" }.joined()
  }

  private func spanPath(_ spans: [(from: Double, to: Double, row: Int)]) -> String {
    spans.map { span in
      let (start, end) = (across(span.from), across(span.to))
      guard end > start else { return "" }
      let top = down(Double(span.row) + 0.82)
      return "M\(start) \(top)H\(end)V\(down(Double(span.row) + 0.18))H\(start)Z"
    }.joined()
  }

  private func guideLines() -> Markup {
    guides.map { guide -> Markup in
      let at = Self.percent(x.position(guide.x))
      return "<g class=\"guide\"><line x1=\"\(at)\" x2=\"\(at)\" y1=\"0\" y2=\"100%\"/>"
        + "<text x=\"\(at)\" y=\"-5\">\(guide.label)</text></g>\n"
    }.joined()
  }

  private func hitAreas() -> Markup {
    guard !hits.isEmpty else { return "" }
    var svg: Markup = "<g class=\"hits\">"
    for hit in hits {
      let (left, right) = (x.position(hit.x.lowerBound), x.position(hit.x.upperBound))
      var vertical: Markup = " height=\"100%\""
      if let range = hit.y {
        let top = 1 - y.position(range.upperBound)
        vertical = " y=\"\(Self.percent(top))\" height=\"\(Self.percent(1 - y.position(range.lowerBound) - top))\""
      }
      svg += "<rect x=\"\(Self.percent(left))\" width=\"\(Self.percent(max(right - left, 0.002)))\"\(vertical)>"
      svg += "<title>\(hit.text)</title></rect>"
    }
    return svg + "</g>\n"
  }

  private func across(_ value: Double) -> Int { Int((x.position(value) * Self.width).rounded()) }

  private func down(_ value: Double) -> Int { Int(((1 - y.position(value)) * Self.depth).rounded()) }

  private static func percent(_ share: Double) -> String {
    NumberText.withoutTrailingZeros(NumberText.fixed(share * 100, digits: 2)) + "%"
  }
}
