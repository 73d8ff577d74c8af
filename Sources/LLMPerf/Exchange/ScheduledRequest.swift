/// A request ready to be sent.
package struct ScheduledRequest: Sendable {
  /// What was planned for it, on its way to the record.
  package private(set) var sharedOrigin: Shared<RequestOrigin>
  /// The whole request on the wire: request line, headers and body.
  package var wire: [UInt8]
  /// Where the body begins in `wire`.
  package var bodyStart: Int
  /// The session that waits for the answer; nil when it is over with this request.
  var session: LiveSession?
  /// Where the session's next turn is sent; nil before the first is sent.
  package var home: Home?

  /// The loop that a session has begun in, and the place that it has there.
  package struct Home: Sendable {
    package var turns: LaterTurns
    /// Nil where sessions have none, since no place is waited for.
    package var place: Int?

    package init(turns: LaterTurns, place: Int?) {
      self.turns = turns
      self.place = place
    }
  }

  /// Whether another request may follow that depends on the answer.
  package var mayGoOn: Bool { session != nil }

  package init(_ origin: RequestOrigin, wire: [UInt8], bodyStart: Int) {
    sharedOrigin = Shared(origin)
    self.wire = wire
    self.bodyStart = bodyStart
  }

  /// A request of which nothing but its index is known.
  package init(index: Int, wire: [UInt8], bodyStart: Int) {
    self.init(RequestOrigin(index: index), wire: wire, bodyStart: bodyStart)
  }

  /// What was planned for it.
  package var origin: RequestOrigin {
    get { sharedOrigin.value }
    set { sharedOrigin = Shared(newValue) }
  }

  /// Its place in the schedule, from 0.
  package var index: Int { sharedOrigin.value.index }

  /// The request's body.
  package var body: ArraySlice<UInt8> { wire[bodyStart...] }
}
