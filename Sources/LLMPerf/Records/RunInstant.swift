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

  /// Seconds since the run's start, for files and reports.
  public var seconds: Double { Double(nanoseconds) / 1e9 }

  public static func < (lhs: RunInstant, rhs: RunInstant) -> Bool { lhs.nanoseconds < rhs.nanoseconds }

  /// The time from `rhs` to `lhs`; negative when `lhs` is the earlier one.
  public static func - (lhs: RunInstant, rhs: RunInstant) -> Duration {
    .nanoseconds(lhs.nanoseconds - rhs.nanoseconds)
  }

  /// The instant `duration` after `lhs`.
  public static func + (lhs: RunInstant, duration: Duration) -> RunInstant {
    RunInstant(nanoseconds: lhs.nanoseconds + duration.wholeNanoseconds)
  }
}

extension Duration {
  /// The duration in nanoseconds, cut off below one nanosecond. Spans up to 292 years fit.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// The duration in seconds, for files and reports.
  public var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
