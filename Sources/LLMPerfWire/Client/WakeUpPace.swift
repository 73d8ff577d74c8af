internal import CLLMPerfWire
import LLMPerf

/// How often a loop wakes up.
///
/// A wake-up costs more than reading an event. The kernel stamps every segment as it arrives, so a loop may look at its
/// sockets a little later, find several of them ready, and still know when each was. Two things bound the wait: events of
/// one stream must not pile up, since one read brings one stamp; and a slot of a closed loop must not stay empty for a
/// part of its request's time that matters.
///
/// Due times are kept to by waiting on the poller until shortly before and by looking without waiting from then on.
struct WakeUpPace {
  /// Never naps longer; it is the longest that a freed slot or a timeout waits for.
  private static let longestNap: Int64 = 500_000
  /// A shorter nap saves nothing.
  private static let shortestNap: Int64 = 60_000
  /// From this long before a due time on, the poller is asked without waiting: sleeping threads wake up late.
  private static let spin: Int64 = 60_000
  /// More due times a second than this, and spinning before each would take a whole core.
  private static let mostSpunDueTimes = 2_000.0

  /// Running means in nanoseconds; each new value counts for 1/64.
  private var meanGap = 0.0
  private var meanLatency = 0.0
  private var isStamped = false
  /// Sockets ready per turn, on average.
  private var meanReady = 0.0

  /// The time between two reads of one response.
  mutating func note(gap: Duration) {
    let gap = Double(gap.wholeNanoseconds)
    meanGap = meanGap == 0 ? gap : meanGap + (gap - meanGap) / 64
  }

  /// The time of a whole exchange.
  mutating func note(latency: Duration) {
    let latency = Double(latency.wholeNanoseconds)
    meanLatency = meanLatency == 0 ? latency : meanLatency + (latency - meanLatency) / 64
  }

  mutating func noteTurn(ready: Int) {
    meanReady += (Double(ready) - meanReady) / 64
  }

  /// The nap that costs no accuracy now, in nanoseconds; 0 for none.
  private var napLength: Int64 {
    let bound = min(meanGap / 4, meanLatency == 0 ? .infinity : meanLatency / 400)
    let nap = min(Int64(bound), Self.longestNap)
    return nap >= Self.shortestNap ? nap : 0
  }

  /// Sleeps for a nap, but not past `limit`.
  mutating func nap(until limit: RunInstant, from now: RunInstant, origin: Int64, inFlight: Int) {
    let nap = napLength
    // With few streams nothing would gather.
    guard nap > 0, inFlight >= 8 else { return }
    let end = min(now.nanoseconds + nap, limit.nanoseconds - Self.spin)
    if end - now.nanoseconds >= Self.shortestNap { lw_sleep_until(origin + end) }
  }

  /// How long the poller may wait, in nanoseconds.
  func timeout(until due: RunInstant?, or sweep: RunInstant, now: RunInstant) -> Int64 {
    let sweepIn = max(0, sweep.nanoseconds - now.nanoseconds)
    guard let due else { return sweepIn }
    let dueIn = due.nanoseconds - now.nanoseconds
    return min(sweepIn, dueIn > Self.spin ? dueIn - Self.spin : 0)
  }
}
