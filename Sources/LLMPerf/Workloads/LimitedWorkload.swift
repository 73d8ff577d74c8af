/// A workload of which so many requests are wanted: no session begins once those that have begun promise as many. None is cut.
package struct LimitedWorkload: Workload {
  private let workload: any Workload
  private let requests: Int

  /// Sessions of `workload` that promise `requests` requests together.
  package init(_ workload: any Workload, requests: Int) {
    self.workload = workload
    self.requests = requests
  }

  package func makeSessions() throws -> any SessionReader {
    Sessions(sessions: try workload.makeSessions(), left: requests)
  }

  private struct Sessions: SessionReader {
    var sessions: any SessionReader
    var left: Int

    mutating func next() throws -> (any Session)? {
      guard left > 0, let session = try sessions.next() else { return nil }
      // One that does not say how many turns it plans promises one.
      left = left.subtractingClamped(max(1, session.turnsLeft))
      return session
    }

    mutating func readAhead() throws { try sessions.readAhead() }

    var checksAhead: Bool { sessions.checksAhead }
  }
}
