/// What a run is beside its load and its workload: what it is called, how it is counted, and what it may use.
package struct RunSettings: Sendable {
  /// What sinks are told of the run before its first request. When it started is filled in.
  package var description: RunDescription
  /// Limits that every request should keep.
  package var objectives: [ServiceLevelObjective] = []
  /// Ends the sending when a number is known this well.
  package var goal: PrecisionGoal?
  /// Counts the tokens of answers while the run goes on; nil where the service's counts are used.
  package var countTokens: Recorder.TokenCounter?
  /// Hides secrets from all sinks.
  package var redactor = Redactor()
  /// Takes bodies and columns that memory has no room for.
  package var spillDirectory = "/tmp"

  package init(_ description: RunDescription) {
    self.description = description
  }
}

/// How far a run has come.
package enum RunMoment: Sendable {
  /// The first requests and the transport are ready; from now on there is something to end in order.
  case begins
  /// The last record was received. What is left, adding up and telling of it, is done in any case.
  case ended
}
