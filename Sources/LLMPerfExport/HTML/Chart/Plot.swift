/// A chart: two axes and what is drawn between them.
///
/// It is an SVG that takes the width it is given: lines are stretched to it, while texts, dots and line widths keep their
/// size. So it reads as well on a telephone as on a wide screen, and needs no script.
struct Plot {
  /// A mark between the axes, in the axes' values.
  enum Mark {
    /// A line through the points; nil breaks it.
    case line([(x: Double, y: Double)?])
    /// The same, filled down to the axis.
    case area([(x: Double, y: Double)?])
    /// Rectangles that stand on the axis.
    case bars([(from: Double, to: Double, y: Double)])
    case dots([(x: Double, y: Double)])
    /// Rectangles that lie in a row: each row is one unit of y high.
    case spans([(from: Double, to: Double, row: Int)])
  }

  /// Marks of one meaning.
  struct Series {
    /// The name in the legend; nil when the title says it all.
    var name: String?
    /// The colour's name in the style sheet: `a`, `b`, `good`, `bad`, `quiet`.
    var color: String
    var mark: Mark
  }

  /// An area that tells more when pointed at; in the axes' values, nil for the whole height.
  struct Hit {
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>?
    var text: String
  }

  /// A line at a value of the x axis with a text, such as p99.
  struct Guide {
    var x: Double
    var label: String
  }

  var title: String
  /// What the chart shows, in a sentence or two, for those who cannot see it.
  var summary: String
  /// What the axis below means; nil where the next chart says it.
  var xLabel: String?
  var x: PlotScale
  var y: PlotScale
  var series: [Series]
  var guides: [Guide] = []
  var hits: [Hit] = []
  /// Height of the plot, without its texts, in pixels.
  var height = 190
  /// A remark below the chart.
  var note: String?
  /// Whether the lines behind the marks stand on the x axis' ticks, for marks that lie in rows.
  var gridStands = false
  /// Whether the chart takes the whole width of the page.
  var isWide = false
}
