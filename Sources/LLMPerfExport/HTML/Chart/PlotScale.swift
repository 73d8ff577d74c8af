import Glibc
import LLMPerf

/// How values lie along an axis, and where its ticks are.
struct PlotScale: Sendable, Hashable {
  /// The law of an axis.
  enum Kind: Sendable, Hashable {
    case linear
    case logarithmic
    /// Percentiles by the number of nines: 0, 90, 99 and 99.9 lie at equal distances.
    case nines
  }

  /// A line across the plot, with its text.
  struct Tick: Sendable, Hashable {
    /// 0 at the axis' beginning, 1 at its end.
    var position: Double
    var label: String
  }

  let kind: Kind
  let low: Double
  let high: Double
  let ticks: [Tick]

  /// The largest value of an axis: far beyond what a run measures, and small enough for the ticks' arithmetic.
  private static let farthest = 1e15
  /// The most ticks, whatever the values are.
  private static let mostTicks = 50

  /// `low` and `high` as the ends of an axis: in order, some distance apart, and no farther than `farthest`.
  private static func ends(_ low: Double, _ high: Double) -> (low: Double, high: Double) {
    func held(_ value: Double) -> Double { value.isNaN ? 0 : max(-farthest, min(farthest, value)) }
    let (low, high) = (min(held(low), held(high)), max(held(low), held(high)))
    return (low, max(high, low + max(1e-12, max(low.magnitude, high.magnitude) * 1e-9)))
  }

  /// The values `first`, `first + step`, … up to `last`.
  private static func steps(from first: Double, to last: Double, by step: Double) -> [Double] {
    let count = max(0, min(Double(mostTicks), ((last - first) / step + 1e-9).rounded(.down)))
    return (0...Int(count)).map { first + Double($0) * step }
  }

  /// A linear axis from `low` to the first tick at or above `high`.
  static func linear(
    from low: Double = 0, to high: Double, ticks count: Int = 5, whole: Bool = false, label: (Double) -> String
  )
    -> PlotScale
  {
    let (low, high) = ends(low, high)
    let step = niceStep(span: high - low, count: count, whole: whole)
    let first = (low / step + 1e-9).rounded(.down) * step
    let last = max((high / step - 1e-9).rounded(.up) * step, first + step)
    return PlotScale(
      kind: .linear, low: first, high: last,
      ticks: steps(from: first, to: last, by: step).map {
        Tick(position: ($0 - first) / (last - first), label: label($0))
      })
  }

  /// A linear axis of exactly `low` to `high`, with ticks at round values within.
  static func exact(from low: Double, to high: Double, ticks count: Int = 6, label: (Double) -> String) -> PlotScale {
    let (low, high) = ends(low, high > low ? high : low + 1)
    let step = niceStep(span: high - low, count: count, whole: false)
    let first = (low / step - 1e-9).rounded(.up) * step
    return PlotScale(
      kind: .linear, low: low, high: high,
      ticks: steps(from: first, to: high, by: step).map { Tick(position: ($0 - low) / (high - low), label: label($0)) })
  }

  /// A logarithmic axis; `low` should be above 0.
  static func logarithmic(from low: Double, to high: Double, label: (Double) -> String) -> PlotScale {
    // Less than a picosecond, or a part of a thing, is nothing that could be measured.
    let low = max(1e-12, ends(low, high).low)
    let high = max(ends(low, high).high, low * 1.01)
    let scale = PlotScale(kind: .logarithmic, low: low, high: high, ticks: [])
    let decades = log10(high / low)
    let steps: [Double] = decades > 2.5 ? [1] : decades > 1.6 ? [1, 3] : [1, 2, 5]
    var ticks: [Tick] = []
    for exponent in Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up)) {
      for step in steps {
        let value = step * pow(10, Double(exponent))
        guard value >= low * 0.999, value <= high * 1.001 else { continue }
        ticks.append(Tick(position: scale.position(value), label: label(value)))
      }
    }
    return PlotScale(kind: .logarithmic, low: low, high: high, ticks: ticks)
  }

  /// The axis of percentiles for a sample of `count`: up to the last percentile that it can tell.
  static func nines(count: Int) -> PlotScale {
    let high = 1 - 1 / Double(max(count, 2))
    let scale = PlotScale(kind: .nines, low: 0, high: high, ticks: [])
    var shown: [(Double, String)] = [
      (0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9"), (0.9999, "p99.99"),
    ]
    // Where the axis is short there is room between those.
    if count <= 500 { shown += [(0.75, "p75"), (0.95, "p95")] }
    return PlotScale(
      kind: .nines, low: 0, high: high,
      ticks: shown.filter { $0.0 <= high + 1e-12 }.sorted { $0.0 < $1.0 }.map {
        Tick(position: scale.position($0.0), label: $0.1)
      })
  }

  /// What the axis of `nines(count:)` is.
  static let ninesLabel = "percentile, stretched towards the slowest"

  /// The axis that suits times from `low` to `high`: logarithmic when they span more than a factor of 30.
  static func times(from low: Double, to high: Double) -> PlotScale {
    low > 0 && high / low > 30
      ? logarithmic(from: low, to: high, label: { NumberText.shortTime($0) })
      : exact(from: low, to: high, label: { NumberText.shortTime(rounded($0)) })
  }

  /// Where `value` lies: 0 at the beginning, 1 at the end; values outside are held at the ends.
  func position(_ value: Double) -> Double {
    let share =
      switch kind {
      case .linear: (value - low) / (high - low)
      case .logarithmic: log(max(value, .leastNormalMagnitude) / low) / log(high / low)
      case .nines: log10(1 - min(value, high)) / log10(1 - high)
      }
    return min(1, max(0, share))
  }

  /// The value at `position`, the reverse of `position(_:)`.
  func value(at position: Double) -> Double {
    switch kind {
    case .linear: low + position * (high - low)
    case .logarithmic: low * pow(high / low, position)
    case .nines: 1 - pow(1 - high, position)
    }
  }

  /// The distance of ticks, 1, 2, 2.5 or 5 times a power of ten, that makes about `count` of them.
  static func niceStep(span: Double, count: Int, whole: Bool) -> Double {
    let raw = span / Double(max(count, 1))
    let power = pow(10, log10(raw).rounded(.down))
    let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= raw * 0.999 } ?? 10 * power
    return whole ? max(1, step.rounded(.up)) : step
  }

  /// `value` without the noise that adding steps leaves behind.
  private static func rounded(_ value: Double) -> Double {
    value.magnitude < 1e-12 ? 0 : value
  }
}
