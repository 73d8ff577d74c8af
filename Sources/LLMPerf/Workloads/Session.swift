/// A chain of requests, as one user makes them: each is sent when the one before it has been answered.
///
/// A session keeps what it needs to go on, such as the messages so far, and nothing of it is kept elsewhere. It is asked for
/// one turn at a time, the first one ahead of time, the others by the threads that read the answers.
public protocol Session: Sendable {
  /// The next turn, or nil when the session is over.
  ///
  /// - Parameter reply: What came of the turn before, a failure too; nil for the first turn.
  /// - Throws: `UsageError` when there is something wrong with the workload; sending ends with it.
  mutating func next(after reply: Reply?) throws -> Turn?

  /// The turns that are planned beyond those that were asked for. Where the session ends before, they count as skipped. The
  /// default is 0.
  var turnsLeft: Int { get }
}

extension Session {
  public var turnsLeft: Int { 0 }
}
