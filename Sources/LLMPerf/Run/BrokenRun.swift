/// A run that did not come to its end in order: a loop, the transport, the plugin or a sink died.
///
/// What was measured until then stands, and is here: the sinks were told of it like of any other result.
package struct BrokenRun: Error, CustomStringConvertible {
  /// What stopped the run before its end, the first cause first; empty when it broke only afterwards.
  package var causes: [any Error] = []
  /// What went wrong when it was added up, and when the sinks were told of its end.
  package var failures: [any Error] = []
  /// What was measured, marked as partial where something stopped the run; nil when it could not be added up.
  package var result: RunResult?

  /// The error that began it.
  package var first: any Error { causes.first ?? failures.first ?? self }

  package var description: String { (causes + failures).map { "\($0)" }.joined(separator: "; ") }
}
