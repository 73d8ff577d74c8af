import LLMPerf

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
  /// How late writes were against the instant they were due at, and times of answers: at most 3 % too small.
  var lateness = LogLinearHistogram(bits: 5)
  var timeToFirstToken = LogLinearHistogram(bits: 5)
  var requestTime = LogLinearHistogram(bits: 5)
  var queueTime = LogLinearHistogram(bits: 5)
}
