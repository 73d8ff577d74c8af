/// A sink that has a say in the result of its run: it watched the client, or keeps something that can be counted only
/// when the last record has come.
///
/// It is asked after the last record and before any sink is told of the end.
package protocol RunWitness: RecordSink {
  /// Adds what it saw of the client. The default saw nothing.
  func testify(to health: inout ClientHealth)

  /// What else is to be said of the numbers' worth. The default has nothing to say.
  var reasons: [Verdict.Reason] { get }

  /// The records once more, with what was missing when they came; nil where what came stands, which is the default.
  func recount() throws -> RecordReplay?
}

extension RunWitness {
  package func testify(to health: inout ClientHealth) {}

  package var reasons: [Verdict.Reason] { [] }

  package func recount() throws -> RecordReplay? { nil }
}

/// Tells every record of a run again, some at a time.
package typealias RecordReplay = (_ receive: ([RequestRecord]) -> Void) throws -> Void
