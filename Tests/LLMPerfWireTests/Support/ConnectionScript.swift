import LLMPerf

@testable import LLMPerfWire

/// Plays the driver of one connection, and everything beyond it.
struct ConnectionScript {
  var connection = Connection()
  private let wire: [UInt8]

  /// - Parameter wire: The bytes of each request.
  init(wire: [UInt8] = Array("POST / HTTP/1.1\r\n\r\n".utf8)) {
    self.wire = wire
  }

  static func exchange(_ wire: [UInt8] = []) -> FinishedExchange {
    FinishedExchange(request: ScheduledRequest(index: 0, wire: wire, bodyStart: 0), dueAt: .start)
  }

  mutating func begin() -> Connection.Action { connection.begin(Self.exchange(wire)) }

  /// An exchange begins, on a new connection that is made at once.
  mutating func connect() {
    _ = begin()
    _ = connection.connectingBegins(at: .start)
    _ = connection.connected(isSecure: false, at: .start)
  }

  /// The request is about to be written.
  mutating func beginSending(at instant: RunInstant, _ limits: ConnectionLimits = ConnectionLimits(ClientOptions())) {
    connection.expectResponse(room: 1 << 20)
    _ = connection.sendingBegins(at: instant, limits)
  }

  /// The request leaves in one go.
  mutating func send(at instant: RunInstant) {
    beginSending(at: instant)
    _ = connection.wrote(.bytes(wire.count, stamp: 0), at: instant)
  }

  mutating func receive(
    _ text: String, at instant: RunInstant, readAt: RunInstant? = nil, isStamped: Bool = true,
    emptyAt: RunInstant = .start, crowding: Int64 = 0
  ) -> Connection.Action {
    let read = Connection.Read(
      at: instant, isStamped: isStamped, readAt: readAt ?? instant, emptyAt: emptyAt, crowding: crowding)
    return Array(text.utf8).withUnsafeBufferPointer { connection.received($0, read) }
  }
}

extension RunInstant {
  /// So many milliseconds after the run's start.
  static func at(_ milliseconds: Int64) -> RunInstant { RunInstant(nanoseconds: milliseconds * 1_000_000) }
}
