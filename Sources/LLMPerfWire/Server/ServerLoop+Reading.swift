internal import CLLMPerfWire
import Glibc
import LLMPerf

extension ServerLoop {
  /// Handles what a connection is ready for.
  func serve(_ token: UInt64, _ readiness: Poller.Readiness) {
    guard let connection = connection(token) else { return }
    var hasShakenHands = false
    if connection.isHandshaking {
      switch connection.shakeHands() {
      case .later(let direction): return watch(connection, writable: direction == .writing)
      case .failed: return close(connection)
      case .done:
        watch(connection, writable: false)
        hasShakenHands = true
      }
    }
    if readiness.contains(.writable), connection.wantsWritable { flush(connection) }
    // The first request may have come along with the end of the handshake.
    if !connection.isDead, readiness != .writable || hasShakenHands { read(connection) }
  }

  private func flush(_ connection: ServerConnection) {
    switch connection.flush() {
    case .failed: return close(connection)
    case .blocked: break
    case .done:
      watch(connection, writable: false)
      settle(connection)
    }
    if !connection.isDead, connection.waitsForRoom, connection.backlog <= Self.backlogLimit / 2 {
      connection.waitsForRoom = false
      turn(connection)
    }
  }

  /// Reads of one connection in one turn: a client that sends without end must not keep the others waiting.
  private static let readsPerTurn = 32
  /// The most that is read ahead of the answers to what came before, and of a client that was refused.
  private static let mostAhead = 1 << 20

  func read(_ connection: ServerConnection) {
    for _ in 0..<Self.readsPerTurn {
      let (count, stamp): (Int, Int64)
      switch connection.receive(input) {
      case .bytes(let read, let at): (count, stamp) = (read, at)
      case .later: return
      case .end, .failed: return close(connection)
      }
      if connection.isRefused {
        connection.drained += count
        if connection.drained > Self.mostAhead { return close(connection) }
        continue
      }
      connection.parser.append(UnsafeRawBufferPointer(rebasing: input[..<count]))
      // A client that sends on and on while its answer is written is no client of ours.
      if connection.stream != nil || connection.backlog > 0 {
        if connection.parser.unreadCount > Self.mostAhead { return close(connection) }
      } else {
        serveRequests(connection, arrivedAt: ServerLoop.instant(ofStamp: stamp))
      }
      if connection.isDead || count < input.count && !connection.holdsUnread { return }
    }
    readLater(connection)
  }

  func serveRequests(_ connection: ServerConnection, arrivedAt: Int64) {
    do {
      while connection.stream == nil, connection.backlog == 0, !connection.isDead {
        guard var request = try connection.parser.next() else { break }
        request.arrivedAt = arrivedAt
        counters.requests += 1
        answer(connection, request)
      }
      if !connection.isDead, connection.stream == nil, connection.parser.takeContinueDemand() {
        writer.start(isHTTP11: true, keepsAlive: true, isOpen: false)
        writer.bytes.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
        _ = sendWritten(connection)
      }
    } catch {
      counters.badRequests += 1
      connection.keepsAlive = false
      connection.isRefused = true
      writer.start(isHTTP11: true, keepsAlive: false, isOpen: false)
      writer.respond(.text("\(error.message)\n", status: error.status))
      if sendWritten(connection) { settle(connection) }
    }
  }

  private func answer(_ connection: ServerConnection, _ request: ServerRequest) {
    connection.isHTTP11 = request.isHTTP11
    connection.keepsAlive = request.keepsAlive
    switch router.response(to: request) {
    case .whole(let response):
      writer.start(isHTTP11: request.isHTTP11, keepsAlive: request.keepsAlive, isOpen: false)
      if request.method == "HEAD" {
        var bare = response
        bare.body = []
        writer.respond(bare, promising: response.body.count)
      } else {
        writer.respond(response)
      }
      if sendWritten(connection), connection.backlog == 0, !connection.keepsAlive { close(connection) }
    case .stream(let stream):
      let handle = StreamHandle(connection)
      connection.stream = stream
      connection.handle = handle
      connection.bodyIsOpen = false
      stream.begin(handle)
      turn(connection)
    }
  }

  /// A kernel stamp as an instant of the monotonic clock; now, where there is no stamp that can be believed.
  private static func instant(ofStamp stamp: Int64) -> Int64 {
    let now = lw_monotonic()
    guard stamp > 0 else { return now }
    let instant = stamp + lw_monotonic_minus_realtime()
    return instant <= now && now - instant < 10_000_000_000 ? instant : now
  }
}
