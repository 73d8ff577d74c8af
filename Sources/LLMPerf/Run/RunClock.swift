/// The clocks of the machine that a run is measured by, handed in.
package struct RunClock: Sendable {
  /// The monotonic clock in nanoseconds.
  package var now: @Sendable () -> Int64
  /// What the wall clock says at an instant of the monotonic one, in seconds since 1970.
  package var wallClock: @Sendable (_ instant: Int64) -> Double

  package init(now: @escaping @Sendable () -> Int64, wallClock: @escaping @Sendable (_ instant: Int64) -> Double) {
    self.now = now
    self.wallClock = wallClock
  }
}
