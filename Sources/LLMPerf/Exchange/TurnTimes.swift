/// How long the turns of a loop took. A time is told too long by an eighth at most, and never too short.
package struct TurnTimes: Sendable {
  private var histogram = LogLinearHistogram(bits: 3)

  package init() {}

  /// The longest turn.
  package var longest: Duration { .nanoseconds(histogram.largest) }

  /// Counts one turn.
  package mutating func note(_ time: Duration) {
    histogram.add(time.wholeNanoseconds)
  }

  /// About the longest turn since `earlier`; nil when there was none.
  package func longest(since earlier: TurnTimes) -> Duration? {
    histogram.largest(since: earlier.histogram).map(Self.duration)
  }

  /// About the percentile; nil before the first turn.
  package func percentile(_ p: Double) -> Duration? {
    histogram.percentile(p, as: .upperEnd).map(Self.duration)
  }

  private static func duration(_ nanoseconds: Double) -> Duration { .nanoseconds(Int64(nanoseconds.rounded(.up))) }
}
