/// What a load test asks of a service: sessions, each a chain of requests.
///
/// Who only has prompts writes a `DatasetPlugin`: each of its prompts is a session of one turn. A workload of its own is for
/// requests that depend on each other, as those of a conversation do.
public protocol Workload: Sendable {
  /// Begins the workload from its first session; called once a run.
  ///
  /// - Throws: `UsageError` when nothing can be asked; nothing has been sent then.
  func makeSessions() throws -> any SessionReader
}

/// The sessions of one run, pulled one at a time. Used by one thread; may block while it reads.
public protocol SessionReader {
  /// The next session, or nil when there are no more.
  ///
  /// - Throws: `UsageError` naming the file and line when the data is malformed.
  mutating func next() throws -> (any Session)?

  /// Reads the first sessions and keeps them for `next()`, so that mistakes show before anything is sent. The default reads
  /// none.
  ///
  /// - Throws: as `next()`.
  mutating func readAhead() throws

  /// Whether sessions come without end, so that something else has to bound the run. The default says no.
  var isEndless: Bool { get }

  /// Whether sessions can be malformed, so that a good many are built before anything is sent. The default says no.
  var checksAhead: Bool { get }
}

extension SessionReader {
  public mutating func readAhead() throws {}

  public var isEndless: Bool { false }

  public var checksAhead: Bool { false }
}
