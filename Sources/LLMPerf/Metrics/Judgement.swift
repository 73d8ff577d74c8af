/// Holds a run against `VerdictRules`.
struct Judgement {
  let summary: RunSummary
  let health: ClientHealth

  /// What the client's slowness is held against: the shortest time that the report shows. Seconds. TTFT grows itself when
  /// the client is slow, so it counts as the least that it may be.
  var measured: (name: String, value: Double)? {
    if let ttft = summary.times.timeToFirstToken.percentile(50) {
      let least = min(ttft, summary.client.earliestTimeToFirstToken.percentile(50) ?? ttft)
      return (least < ttft ? "TTFT p50 less its possible error" : "TTFT p50", max(0, least))
    }
    return summary.times.latency.percentile(50).map { ("latency p50", $0) }
  }

  /// Whether the load was the one asked for.
  var reasonsOfLoad: [Verdict.Reason] { [offeredRate, scheduleLag, overload].compactMap(\.self) }

  private var offeredRate: Verdict.Reason? {
    guard let offered = summary.rates.offered, let achieved = summary.rates.achieved, offered > 0 else { return nil }
    let share = achieved / offered
    let rates = "\(perSecond(offered)) were offered and \(perSecond(achieved)) sent"
    if let cap = summary.inFlight.limit, summary.inFlight.peak >= cap, share < VerdictRules.goodShareOfOfferedRate {
      return .init(
        .suspect, code: "offered-rate-missed",
        "\(rates), since the cap of \(cap) in flight was reached; response times count the wait, or raise --max-in-flight"
      )
    }
    if share < VerdictRules.fewestOfOfferedRate {
      return .init(.invalid, code: "offered-rate-missed", "\(rates); lower --rate, or give the client more CPU")
    }
    guard share < VerdictRules.goodShareOfOfferedRate,
      summary.counts.scheduled >= VerdictRules.fewestRequestsForRate
    else { return nil }
    return .init(.suspect, code: "offered-rate-missed", "\(rates); look at the schedule lag")
  }

  private var scheduleLag: Verdict.Reason? {
    guard let lag = summary.client.startLag.percentile(99), let measured, lag > VerdictRules.ordinaryLag else {
      return nil
    }
    // Waiting for a place under the cap is the user's wish, and is in the response times.
    if let cap = summary.inFlight.limit, summary.inFlight.peak >= cap { return nil }
    return graded(
      lag / measured.value, suspect: VerdictRules.suspectLagShare, invalid: VerdictRules.invalidLagShare,
      code: "schedule-lag",
      "requests left up to \(milliseconds(lag)) late (p99) against \(measured.name) \(milliseconds(measured.value)); "
        + "lower the load, or give the client more CPU")
  }

  private var overload: Verdict.Reason? {
    guard let growth = summary.inFlight.growth else { return nil }
    return .init(
      .valid, code: "overload",
      "requests in flight still became more at the end, from \(NumberText.fixed(growth.before, digits: 0)) to "
        + "\(NumberText.fixed(growth.after, digits: 0)) on average: the service got more than it answered, so its times grow "
        + "with the length of the run; offer less to see what it can keep up with")
  }

  /// A reason whose level `value` decides; nil where it is within both limits.
  func graded(
    _ value: Double, suspect: Double, invalid: Double, code: String, _ message: String
  ) -> Verdict.Reason? {
    if value > invalid { return .init(.invalid, code: code, message) }
    return value > suspect ? .init(.suspect, code: code, message) : nil
  }

  func perSecond(_ rate: Double) -> String { "\(NumberText.fixed(rate, digits: 2)) requests/s" }
  func milliseconds(_ seconds: Double) -> String { "\(NumberText.milliseconds(seconds)) ms" }
}
