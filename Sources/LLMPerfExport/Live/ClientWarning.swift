import LLMPerf

/// What the verdict is going to hold against the client, told while something can still be done about it.
struct ClientWarning: Sendable, Hashable {
  /// The 99th percentile of how late requests left, in seconds.
  let lag: Double

  /// A warning when the verdict would doubt the numbers so far for the client's lateness, by the verdict's own limits.
  ///
  /// Waiting for a place under `--max-in-flight` is what the user asked for, and no reason.
  init?(_ statistics: LiveStatistics, of run: RunDescription) {
    guard run.configuration.first(where: { $0.name == "max-in-flight" })?.value.intValue == nil,
      statistics.startLag.count >= VerdictRules.fewestSuccesses, let lag = statistics.startLag.percentile(99),
      let measured = statistics.timeToFirstToken.percentile(50) ?? statistics.latency.percentile(50),
      lag > VerdictRules.ordinaryLag, lag > measured * VerdictRules.suspectLagShare
    else { return nil }
    self.lag = lag
  }

  /// A few words for a line that has room for no more.
  var text: String { "client \(NumberText.time(lag)) late" }
}
