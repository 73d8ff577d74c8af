import LLMPerf

extension Connection {
  /// A request that is no longer fits in every socket of a service, however busy that is.
  private static let longestShortRequest = 32 << 10
  /// What handing over a request takes on a machine that has a processor for it, in nanoseconds. On the loopback the peer's
  /// reading is a part of it. Where it took longer, nobody knows when in that time the request left.
  private static let ordinarySend: Int64 = 200_000

  /// Gets ready for the response to the request that is about to be sent, with room for at most `room` bytes of its body.
  mutating func expectResponse(room: Int) {
    state = .exchanging
    parser = ResponseParser()
    sent = 0
    awaitsRoom = false
    untaken = exchange.request.wire.count > Self.longestShortRequest ? .max : nil
    lastRead = nil
    doneSeenAt = nil
    unsent = nil
    exchange.kernelStamped = true
    exchange.body.reserveCapacity(min(usualBodySize, room))
  }

  /// The request's first byte is about to be written.
  mutating func sendingBegins(at: RunInstant, _ limits: ConnectionLimits) -> Action {
    exchange.sentAt = at
    lastActivity = at
    emptiedAt = at
    if untaken != nil { nextUploadLook = at + limits.uploadLook }
    return .write
  }

  /// What an attempt to write came to. The clock is asked only where it matters.
  mutating func wrote(_ result: StreamSocket.Transfer, at now: @autoclosure () -> RunInstant) -> Action {
    switch result {
    case .bytes(let count, _):
      // A long upload is no silence. What goes at once went at `sentAt`.
      if awaitsRoom { lastActivity = now() }
      sent += count
      exchange.bytesSent += count
      if sent < exchange.request.wire.count { return .write }
      awaitsRoom = false
    case .later: awaitsRoom = true
    case .end: awaitsRoom = false
    case .failed(let reason):
      // What the service said before it closed may still lie in the socket; the read finds out. Not every refusal is of a
      // connection that was closed: a full queue and a rule of the firewall leave it open.
      unsent = (now(), RequestFailure(.reset, "the request could not be sent: \(reason)"))
      awaitsRoom = false
    }
    return .watch(writes: awaitsRoom)
  }

  /// The first attempts to write took so long, up to where they had to wait for room.
  mutating func firstWritesTook(_ nanoseconds: Int64) {
    exchange.sendDelay = nanoseconds > Self.ordinarySend ? nanoseconds : 0
  }

  /// So many bytes of the request has the service's machine not taken yet.
  ///
  /// It is a sign of life when the service took more of a long request: some MB of it lie in our own socket, and a service
  /// may take them for longer than the read timeout.
  mutating func uploadIsLeft(_ left: Int, at: RunInstant, _ limits: ConnectionLimits) -> Action {
    if left < untaken ?? 0 { lastActivity = at }
    untaken = sent == exchange.request.wire.count && left <= 0 ? nil : left
    nextUploadLook = at + limits.uploadLook
    return lastActivity + limits.readTimeout <= at ? fallSilent(at: at, limits) : .wait
  }
}
