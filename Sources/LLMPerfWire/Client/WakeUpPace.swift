internal import CLLMPerfWire
import LLMPerf

/// How often a loop wakes up.
///
/// A wake-up costs more than reading an event. The kernel stamps every segment as it arrives, so a loop may look at its
/// sockets a little later, find several of them ready, and still know when each was. Two things bound the wait: events of
/// one stream must not pile up, since one read brings one stamp; and a slot of a closed loop must not stay empty for a
/// part of its request's time that matters. Naps leave half of a gap as room for a machine that stands still for a moment,
/// and nearly all of it where first tokens are due, whose time is worth more than that of one gap among many.
///
/// Due times are kept to by waiting on the poller until shortly before and by looking without waiting from then on.
struct WakeUpPace {
  /// Never naps longer; it is the longest that a freed slot or a timeout waits for.
  static let longestNap = 1_000_000.0
  /// A shorter nap saves nothing.
  static let shortestNap = 60_000.0
  /// Naps in the shortest usual gap, and in one while first tokens are due.
  private static let napsPerGap = 2.0
  private static let carefulNapsPerGap = 8.0
  /// The share of gaps that are shorter than the shortest usual one.
  private static let shortGapShare = 0.01
  /// How much one gap moves what is taken for the shortest usual one.
  private static let adaptation = 0.05
  /// What comes closer together was sent together, as the end of a stream is: its last token, the counts and `[DONE]`.
  private static let burstGap = 150_000.0
  /// Longer gaps allow the longest nap even while first tokens are due.
  private static let longGap = longestNap * carefulNapsPerGap
  /// A slot that is free for half a nap on average loses a fifth of a percent of its time at most.
  private static let mostNapsPerLatency = 250.0
  /// The earliest first bytes of a body are forgotten this slowly, a thousandth with each response.
  private static let forgetting = 1.001
  /// From this long before a due time on, the poller is asked without waiting: sleeping threads wake up late.
  private static let spin: Int64 = 60_000
  /// When due times are closer than this on average, spinning before each would take a good part of a processor.
  private static let closestSpunDueTimes = 500_000.0

  /// The length that all gaps but `shortGapShare` of them reach, followed step by step; nanoseconds.
  private var shortGap = burstGap
  /// A running mean in nanoseconds; each new value counts for 1/64.
  private var meanLatency = 0.0
  /// About the shortest time from a send to the first bytes of the body; 0 before there was one.
  private var earliestFirst = 0.0
  /// The same of the time between due times; infinite before there are two.
  private var meanDueGap = Double.infinity
  private var lastDue: RunInstant?

  /// The time between two reads of one response, in nanoseconds: it is told of every read, which a `Duration` would make
  /// dearer than it has to be.
  mutating func note(gap nanoseconds: Int64) {
    let gap = Double(nanoseconds)
    guard gap > Self.burstGap else { return }
    let step = gap < shortGap ? Self.shortGapShare - 1 : Self.shortGapShare
    shortGap = min(Self.longGap, max(Self.burstGap, shortGap * (1 + Self.adaptation * step)))
  }

  /// The time of a whole exchange.
  mutating func note(latency: Duration) {
    let latency = Double(latency.wholeNanoseconds)
    meanLatency = meanLatency == 0 ? latency : meanLatency + (latency - meanLatency) / 64
  }

  /// The time from a send to the first bytes of its response's body.
  mutating func note(first: Duration) {
    let first = max(1, Double(first.wholeNanoseconds))
    earliestFirst = earliestFirst == 0 ? first : min(first, earliestFirst * Self.forgetting)
  }

  /// When the first token of a request that was sent at `sent` may come, by what was learnt.
  func firstDue(sent: RunInstant) -> RunInstant { RunInstant(nanoseconds: sent.nanoseconds + Int64(earliestFirst)) }

  /// The nap that costs no accuracy now, in nanoseconds; 0 for none.
  func napLength(firstIsDue: Bool = false) -> Int64 {
    var nap = min(Self.longestNap, shortGap / (firstIsDue ? Self.carefulNapsPerGap : Self.napsPerGap))
    if meanLatency > 0 { nap = min(nap, meanLatency / Self.mostNapsPerLatency) }
    return nap > Self.shortestNap ? Int64(nap) : 0
  }

  /// When a nap that begins `now` ends: before `limit`, and no later than the next first token is due. Nil for no nap.
  ///
  /// - Parameter firstSent: When the oldest request was sent whose first token is awaited.
  func napEnd(from now: RunInstant, until limit: RunInstant, firstSent: RunInstant?) -> RunInstant? {
    var length = napLength()
    if let due = firstSent.map(firstDue(sent:)) {
      let dueIn = due.nanoseconds - now.nanoseconds
      length = dueIn < Int64(Self.shortestNap) ? napLength(firstIsDue: true) : min(length, dueIn)
    }
    length = min(length, limit.nanoseconds - Self.spin - now.nanoseconds)
    return length >= Int64(Self.shortestNap) ? RunInstant(nanoseconds: now.nanoseconds + length) : nil
  }

  /// Sleeps for a nap, where there is time for one.
  func nap(from now: RunInstant, until limit: RunInstant, firstSent: RunInstant?, origin: Int64, inFlight: Int) {
    // With few streams nothing would gather.
    guard inFlight >= 8, let end = napEnd(from: now, until: limit, firstSent: firstSent) else { return }
    lw_sleep_until(origin + end.nanoseconds)
  }

  /// How long the poller may wait, in nanoseconds.
  mutating func timeout(until due: RunInstant?, or timer: RunInstant, now: RunInstant) -> Int64 {
    let timerIn = max(0, timer.nanoseconds - now.nanoseconds)
    guard let due else { return timerIn }
    note(due: due)
    let dueIn = max(0, due.nanoseconds - now.nanoseconds)
    guard meanDueGap >= Self.closestSpunDueTimes else { return min(timerIn, dueIn) }
    return min(timerIn, dueIn > Self.spin ? dueIn - Self.spin : 0)
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
