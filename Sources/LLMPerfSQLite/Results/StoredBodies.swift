import LLMPerf

/// The bodies and events of a row as they stand in it, for a row of another database: nothing is lost by reading and writing
/// them again.
package struct StoredBodies: Sendable {
  var request: [UInt8]?
  var messages: [UInt8]?
  var otherEvents: [UInt8]?
  var plain: [UInt8]?
  var text: [UInt8]?
  var reasoning: [UInt8]?
  var kinds: [UInt8] = []
  var classicTimes: [RunInstant] = []
  var otherTimes: [RunInstant] = []

  /// The same with every time moved by `offset`.
  package func shifted(by offset: Duration) -> StoredBodies {
    var bodies = self
    bodies.classicTimes = classicTimes.map { $0 + offset }
    bodies.otherTimes = otherTimes.map { $0 + offset }
    return bodies
  }
}
