import LLMPerf
import Testing

@testable import LLMPerfExport

struct PlotTests {
  private func plot(_ mark: Plot.Mark) -> String {
    let scale = PlotScale.linear(to: 10) { "\(Int($0))" }
    return Plot(
      title: "a < b", summary: "it's \"so\"", xLabel: "x & y", x: scale, y: scale,
      series: [Plot.Series(name: "<name>", color: "a", mark: mark)],
      hits: [Plot.Hit(x: 0...5, y: nil, text: "<script>")]
    ).figure(identifier: "p").text
  }

  @Test func `draws marks in the units of its stretched part`() {
    #expect(plot(.line([(x: 0, y: 0), (x: 5, y: 10), nil, (x: 10, y: 5)])).contains("d=\"M0 1000L1000 0M2000 500h0\""))
    #expect(plot(.line([(x: 5, y: 5), nil, (x: 10, y: 5)])).contains("d=\"M1000 500h0M2000 500h0\""), "points alone")
    #expect(plot(.area([(x: 0, y: 5), (x: 10, y: 5)])).contains("d=\"M0 500L2000 500L2000 1000L0 1000Z\""))
    #expect(plot(.bars([(from: 0, to: 5, y: 10), (from: 5, to: 10, y: 0)])).contains("d=\"M4 1000V0H996V1000Z\""))
    #expect(plot(.bars([(from: 0, to: 5, y: 0.001)])).contains("d=\"M4 1000V992H996V1000Z\""), "little is not nothing")
    #expect(plot(.dots([(x: 5, y: 5)])).contains("d=\"M1000 500h0\""))
    #expect(plot(.spans([(from: 0, to: 5, row: 9), (from: 5, to: 5, row: 1)])).contains("d=\"M0 18H1000V82H0Z\""))
  }

  @Test func `names itself for those who cannot see it, and lets no text become markup`() {
    let html = plot(.dots([]))
    #expect(html.contains("aria-labelledby=\"pt\" aria-describedby=\"pd\""))
    #expect(html.contains("<title id=\"pt\">a &lt; b</title><desc id=\"pd\">it&#39;s &quot;so&quot;</desc>"))
    #expect(html.contains("&lt;script&gt;"))
    #expect(!html.contains("<script>"))
    #expect(!html.contains("<name>"))
  }

  @Test func `thins a crowd to its limit and keeps every outlier`() {
    var points = (0..<50_000).map { (x: Double($0 % 500), y: Double($0 % 97) / 100) }
    points.append((x: 250, y: 9.5))
    let scale = PlotScale.linear(to: 500) { "\($0)" }
    let dots = ScatterChart.thinned(points, scale, PlotScale.linear(to: 10) { "\($0)" })
    #expect(dots.count <= ScatterChart.limit)
    #expect(dots.contains { $0.y == 9.5 })
    #expect(dots.reduce(0) { $0 + $1.count } == points.count, "each request is in one dot")
  }

  @Test func `holds prompt lengths against TTFT only where there are several`() {
    var rows = SampleRun(count: 60).rows
    #expect(ScatterChart(rows: rows).plot != nil)
    for index in rows.indices { rows[index].promptLength = 20 }
    #expect(ScatterChart(rows: rows).plot == nil)
    rows[0].promptLength = 21
    #expect(ScatterChart(rows: rows).plot != nil)
  }

  @Test func `draws a sample of one value, of equal values and of none`() {
    for values in [[0.2], [0.2, 0.2, 0.2], [0], []] {
      let charts = DistributionCharts(name: "TTFT", unit: .seconds, sample: Distribution(values))
      for plot in [charts.histogram, charts.percentileCurve].compactMap(\.self) {
        let html = plot.figure(identifier: "p").text
        #expect(!html.contains("nan") && !html.contains("inf"))
      }
      #expect((charts.histogram == nil) == values.isEmpty)
    }
  }

  @Test func `labels the axis of almost equal values with different ticks`() throws {
    let sample = Distribution((0..<50).map { 0.1 + Double($0) * 1e-6 })
    let plot = try #require(DistributionCharts(name: "TTFT", unit: .seconds, sample: sample).histogram)
    #expect(plot.x.ticks.count > 2)
    #expect(Set(plot.x.ticks.map(\.label)).count == plot.x.ticks.count)
  }

  @Test func `shows the slowest successes, and failures where there is nothing else`() throws {
    let rows = SampleRun(count: 60, failureShare: 0.3).rows
    let failures = rows.filter { !$0.succeeded }
    #expect(try #require(WaterfallChart(rows: rows).plot).series.allSatisfy { $0.name != "failed" })
    #expect(try #require(WaterfallChart(rows: failures).plot).series.contains { $0.name == "failed" })
    #expect(WaterfallChart(rows: [failures[0]]).plot?.title == "The failed request that took longest")
  }

  @Test func `gives whole numbers bins that hold as many of them each`() throws {
    let sample = Distribution((0..<310).map { Double(10 + $0 % 31) })
    let plot = try #require(DistributionCharts(name: "Tokens", unit: .count, sample: sample).histogram)
    guard case .bars(let bars) = plot.series[0].mark else { return #expect(Bool(false), "a histogram has bars") }
    let heights = bars.map(\.y).filter { $0 > 0 }
    #expect(heights.count == 31)
    #expect(heights.allSatisfy { abs($0 - 1 / 31.0) < 1e-9 })
  }

  @Test func `writes what falls on a failure as infinite`() {
    let sample = Distribution((0..<299).map(Double.init) + [.infinity])
    #expect(sample.reportableMax == .infinity)
    #expect(sample.reportableMean == .infinity)
    #expect(sample.reportablePercentile(99) == 296)
    #expect(Distribution([.infinity, .infinity]).reportablePercentile(50) == .infinity)
    #expect(Distribution().reportableMax == nil)
  }
}
