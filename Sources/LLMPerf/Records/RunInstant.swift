/// A moment of a run: nanoseconds of the monotonic clock since the run's start.
///
/// Differences of two instants are `Duration`s. Files and reports show seconds; only they convert.
public struct RunInstant: Sendable, Hashable, Comparable, BitwiseCopyable {
  /// Nanoseconds since the run's start; negative before it.
  public var nanoseconds: Int64

  /// The run's start.
  public static let start = RunInstant(nanoseconds: 0)

  /// Later than every instant of a run.
  public static let max = RunInstant(nanoseconds: .max)

  /// An instant `nanoseconds` after the run's start.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// How far from the run's start an instant of a record may lie: 2⁵³ ns, 104 days. A `Double` of seconds tells such
  /// instants to the nanosecond or so, and the difference of any two of them fits.
  package static let farthest: Int64 = 1 << 53

  /// The instant `seconds` after the run's start, for times from outside; nil where that is no time of a run: not a number,
  /// or farther than `farthest`.
  package init?(checking seconds: Double) {
    let nanoseconds = (seconds * 1e9).rounded()
    guard nanoseconds.magnitude <= Double(Self.farthest) else { return nil }
    self.init(nanoseconds: Int64(nanoseconds))
  }

  /// Seconds since the run's start, for files and reports.
  public var seconds: Double { Double(nanoseconds) / 1e9 }

  public static func < (lhs: RunInstant, rhs: RunInstant) -> Bool { lhs.nanoseconds < rhs.nanoseconds }

  /// The time from `rhs` to `lhs`; negative when `lhs` is the earlier one. Held at ±292 years.
  public static func - (lhs: RunInstant, rhs: RunInstant) -> Duration {
    .nanoseconds(lhs.nanoseconds.subtractingClamped(rhs.nanoseconds))
  }

  /// The instant `duration` after `lhs`. Held at `max`.
  public static func + (lhs: RunInstant, duration: Duration) -> RunInstant {
    RunInstant(nanoseconds: lhs.nanoseconds.addingClamped(duration.wholeNanoseconds))
  }
}

extension Duration {
  /// The duration in nanoseconds, cut off below one nanosecond. Held at ±292 years.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (nanoseconds, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflows { return seconds < 0 ? .min : .max }
    return nanoseconds.addingClamped(attoseconds / 1_000_000_000)
  }

  /// The duration in seconds, for files and reports.
  public var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
