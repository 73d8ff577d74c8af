internal import CLLMPerfWire
import LLMPerf

/// How often a loop wakes up.
///
/// A wake-up costs more than reading an event. The kernel stamps every segment as it arrives, so a loop may look at its
/// sockets a little later, find several of them ready, and still know when each was. Two things bound the wait: events of
/// one stream must not pile up, since one read brings one stamp, so of the gaps between events few may be shorter than
/// the wait; and a slot of a closed loop must not stay empty for a part of its request's time that matters.
///
/// Due times are kept to by waiting on the poller until shortly before and by looking without waiting from then on.
struct WakeUpPace {
  /// Never naps longer; it is the longest that a freed slot or a timeout waits for.
  private static let longestNap = 1_000_000.0
  /// A shorter nap saves nothing.
  private static let shortestNap = 60_000.0
  /// The share of gaps that may be shorter than a nap.
  private static let shortGapShare = 0.01
  /// How much one gap moves the nap's length.
  private static let adaptation = 0.05
  /// What comes closer together was sent together, as the end of a stream is: its last token, the counts and `[DONE]`.
  private static let burstGap = 150_000.0
  /// A slot that is free for half a nap on average loses a fifth of a percent of its time at most.
  private static let mostNapsPerLatency = 250.0
  /// From this long before a due time on, the poller is asked without waiting: sleeping threads wake up late.
  private static let spin: Int64 = 60_000
  /// When due times are closer than this on average, spinning before each would take a good part of a processor.
  private static let closestSpunDueTimes = 500_000.0

  /// The length that all gaps but `shortGapShare` of them reach, followed step by step; nanoseconds. Every nap is at most
  /// as long.
  private var shortGap = burstGap
  /// A running mean in nanoseconds; each new value counts for 1/64.
  private var meanLatency = 0.0
  /// The same of the time between due times; infinite before there are two.
  private var meanDueGap = Double.infinity
  private var lastDue: RunInstant?

  /// The time between two reads of one response.
  mutating func note(gap: Duration) {
    let gap = Double(gap.wholeNanoseconds)
    guard gap > Self.burstGap else { return }
    let step = gap < shortGap ? Self.shortGapShare - 1 : Self.shortGapShare
    shortGap = min(Self.longestNap, max(Self.burstGap, shortGap * (1 + Self.adaptation * step)))
  }

  /// The time of a whole exchange.
  mutating func note(latency: Duration) {
    let latency = Double(latency.wholeNanoseconds)
    meanLatency = meanLatency == 0 ? latency : meanLatency + (latency - meanLatency) / 64
  }

  /// The nap that costs no accuracy now, in nanoseconds; 0 for none.
  var napLength: Int64 {
    let nap = meanLatency == 0 ? shortGap : min(shortGap, meanLatency / Self.mostNapsPerLatency)
    return nap > Self.shortestNap ? Int64(nap) : 0
  }

  /// Sleeps for a nap, but not past `limit`.
  func nap(until limit: RunInstant, from now: RunInstant, origin: Int64, inFlight: Int) {
    let nap = napLength
    // With few streams nothing would gather.
    guard nap > 0, inFlight >= 8 else { return }
    let end = min(now.nanoseconds + nap, limit.nanoseconds - Self.spin)
    if end - now.nanoseconds >= Int64(Self.shortestNap) { lw_sleep_until(origin + end) }
  }

  /// How long the poller may wait, in nanoseconds.
  mutating func timeout(until due: RunInstant?, or sweep: RunInstant, now: RunInstant) -> Int64 {
    let sweepIn = max(0, sweep.nanoseconds - now.nanoseconds)
    guard let due else { return sweepIn }
    note(due: due)
    let dueIn = max(0, due.nanoseconds - now.nanoseconds)
    guard meanDueGap >= Self.closestSpunDueTimes else { return min(sweepIn, dueIn) }
    return min(sweepIn, dueIn > Self.spin ? dueIn - Self.spin : 0)
  }

  private mutating func note(due: RunInstant) {
    guard due != lastDue else { return }
    if let lastDue {
      let gap = Double((due - lastDue).wholeNanoseconds)
      meanDueGap = meanDueGap.isInfinite ? gap : meanDueGap + (gap - meanDueGap) / 64
    }
    lastDue = due
  }
}
