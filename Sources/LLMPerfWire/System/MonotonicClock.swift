internal import CLLMPerfWire
package import LLMPerf

/// The monotonic clock of a run: instants are nanoseconds since the run's start.
package struct MonotonicClock: Sendable, Hashable {
  /// The run's start on the system's monotonic clock.
  package let origin: Int64

  /// A clock that starts now.
  package init() {
    origin = lw_monotonic()
  }

  /// A clock whose start lies at `origin` of the system's monotonic clock.
  package init(origin: Int64) {
    self.origin = origin
  }

  /// Now.
  package var now: RunInstant { RunInstant(nanoseconds: lw_monotonic() - origin) }

  /// The run's start by the wall clock, in seconds since 1970.
  package var wallClockStart: Double {
    Double(origin - lw_monotonic_minus_realtime()) / 1e9
  }
}
