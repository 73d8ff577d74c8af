import LLMPerfWire

/// What the service counted.
struct ServiceCounters {
  var requests = 0
  var completed = 0
  var refused = 0
  var failed = 0
  var aborted = 0
  /// Answers by how they ended, as `/metrics` labels them.
  var stopped = 0
  var cutByLimit = 0
  var active = 0
  var activePeak = 0
  var promptTokens = 0
  var outputTokens = 0
  var events = 0
  /// How late writes were against the instant they were due at.
  var lateness = LatencyHistogram()
  var timeToFirstToken = LatencyHistogram()
  var requestTime = LatencyHistogram()
  var queueTime = LatencyHistogram()
}
