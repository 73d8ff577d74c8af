/// The words of a comparison, shared by its text and its page.
package enum ComparisonText {
  /// What was found, in a sentence: which metrics of which runs differ.
  package static func conclusion(_ comparison: RunComparison) -> String {
    guard comparison.testCount > 0 else { return "Nothing could be tested: a metric needs values in two runs." }
    guard comparison.foundDifference else { return "No difference was found." }
    let labels = comparison.labels.dropFirst()
    let sentences = labels.enumerated().compactMap { place, label -> String? in
      let found = comparison.metrics.filter { $0.differences[place].isDifferent }.map { $0.metric.label.lowercased() }
      guard let last = found.last else { return nil }
      let list = found.count == 1 ? last : found.dropLast().joined(separator: ", ") + " and " + last
      return "\(label) differs from \(comparison.labels[0]) in \(list)."
    }
    return sentences.joined(separator: " ")
  }

  /// `slower`, `faster`, `no difference found`.
  package static func outcome(_ difference: MetricComparison.Difference, _ metric: ComparedMetric) -> String {
    guard difference.isDifferent else { return "no difference found" }
    // Superiority decides, not the shift: with many ties the median of differences may be zero.
    return difference.superiority >= 0.5 ? metric.words.up : metric.words.down
  }

  /// `+12 ms (+5.3 %)`.
  package static func shift(_ difference: MetricComparison.Difference, _ metric: ComparedMetric) -> String {
    guard let shift = difference.shift else { return "no values" }
    let relative = difference.relativeShift.map { " (\($0 > 0 ? "+" : "")\(NumberText.percent($0)))" } ?? ""
    return signed(shift, metric.unit) + relative
  }

  /// `[+10 ms, +14 ms]`.
  package static func interval(_ range: ClosedRange<Double>, _ unit: SummaryMetric.Unit) -> String {
    "[\(signed(range.lowerBound, unit)), \(signed(range.upperBound, unit))]"
  }

  /// A difference with its sign.
  package static func signed(_ value: Double, _ unit: SummaryMetric.Unit) -> String {
    // Less than a nanosecond is nothing.
    if unit == .seconds, value.magnitude < 5e-10 { return "0 s" }
    // A difference of shares is in percentage points; "+5 %" would be read as a twentieth more.
    let text = unit == .share ? NumberText.short(value * 100) + " pp" : unit.text(value)
    return (value > 0 ? "+" : "") + text
  }

  /// `= 0.03`, `< 0.0001`.
  package static func probability(_ p: Double) -> String {
    p < 0.0001 ? "< 0.0001" : "= " + NumberText.withoutTrailingZeros(NumberText.fixed(p, digits: p < 0.01 ? 4 : 2))
  }

  /// How it was found out; empty where nothing was.
  package static func method(_ comparison: RunComparison) -> String {
    let tests = comparison.testCount
    guard tests > 0 else { return "" }
    return
      "By \(tests == 1 ? "one rank test" : "\(tests) rank tests") of Mann and Whitney that \(tests == 1 ? "allows" : "allow") for requests which depend on one another; "
      + "a run is called different where p, corrected for the number of tests (Holm), is below \(NumberText.percent(comparison.level)). "
      + "Intervals are of 95 %, each by itself. How much runs of one and the same service vary, one run of each cannot tell."
  }
}
