internal import CLLMPerfWire
import Glibc
import LLMPerf

/// What a server counted about itself. It belongs to the server's thread.
package final class ServerCounters {
  package fileprivate(set) var connectionsAccepted = 0
  package fileprivate(set) var connectionsOpen = 0
  package fileprivate(set) var connectionsPeak = 0
  package fileprivate(set) var requests = 0
  package fileprivate(set) var badRequests = 0
  package fileprivate(set) var writes = 0
  /// Writes that the socket did not take whole.
  package fileprivate(set) var blockedWrites = 0
}

/// The thread of a server: accepts, reads, asks the router, and gives each stream its turns.
final class ServerLoop {
  private static let listenerToken = UInt64.max - 1
  private static let backlogLimit = 256 << 10

  let counters = ServerCounters()
  private var poller: Poller
  private let listener: Int32
  private let tls: OpaquePointer?
  private let parserLimit: Int
  private var router = Router()
  private var isListening = true

  private var events: [(token: UInt64, readiness: Poller.Readiness)] = []
  private var connections: [ServerConnection?] = []
  private var generations: [UInt32] = []
  private var freeSlots: [Int] = []
  private var timers = TimerHeap<(connection: UInt64, timer: UInt32)>()
  private var ready: [UInt64] = []
  private var writer = ResponseWriter()
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  /// Wakes the loop from other threads.
  var waker: Waker { poller.waker }

  /// A loop over a listening socket, which becomes its own; with PEM files of a certificate and its key, over TLS.
  init(listener: Int32, certificate: String?, key: String?, maximumBody: Int) throws {
    do {
      poller = try Poller()
      tls = try ServerLoop.tlsContext(certificate, key)
    } catch {
      lw_close(listener)
      throw error
    }
    self.listener = listener
    parserLimit = maximumBody
  }

  deinit {
    input.deallocate()
    lw_close(listener)
    if let tls { lw_tls_context_free(tls) }
  }

  /// Serves until `isStopped`, which is asked at each wake-up, is true.
  func run(_ router: Router, until isStopped: () -> Bool) throws {
    self.router = router
    lw_precise_timers()
    try poller.add(listener, for: .readable, token: Self.listenerToken)
    while !isStopped() {
      // Served after the wait, because serving changes what the poller watches.
      events.removeAll(keepingCapacity: true)
      try poller.wait(nanoseconds: timeout) { token, readiness in events.append((token, readiness)) }
      for (token, readiness) in events {
        if token == Self.listenerToken { accept() } else { serve(token, readiness) }
      }
      fireTimers()
      giveTurns()
    }
    for case let connection? in connections { close(connection) }
    router.whenStopped()
    self.router = Router()
  }

  func schedule(_ connection: ServerConnection, at instant: Int64) {
    connection.timer &+= 1
    timers.insert((connection.token, connection.timer), due: instant)
  }

  private var timeout: Int64? {
    if !ready.isEmpty { return 0 }
    return timers.firstDue.map { max(0, $0 - lw_monotonic()) }
  }

  // MARK: Turns

  private func fireTimers() {
    var now = lw_monotonic()
    // Bounded, so that a server that cannot keep up still looks at its sockets.
    for count in 1...512 {
      guard let timer = timers.popFirst(dueBy: now) else { return }
      if let connection = connection(timer.token.connection), connection.timer == timer.token.timer {
        now = turn(connection)
      } else if count & 63 == 0 {
        now = lw_monotonic()
      }
    }
  }

  private func giveTurns() {
    guard !ready.isEmpty else { return }
    let turns = ready
    ready.removeAll(keepingCapacity: true)
    for token in turns {
      guard let connection = connection(token), connection.isReady else { continue }
      connection.isReady = false
      _ = turn(connection)
    }
  }

  /// Lets the connection's stream write. Returns the time it was given.
  @discardableResult
  private func turn(_ connection: ServerConnection) -> Int64 {
    let now = lw_monotonic()
    guard let stream = connection.stream else { return now }
    guard connection.backlog <= Self.backlogLimit else {
      connection.waitsForRoom = true
      return now
    }
    writer.start(
      isHTTP11: connection.isHTTP11, keepsAlive: connection.keepsAlive, isOpen: connection.bodyIsOpen)
    let step = stream.advance(&writer, at: now)
    if step == .reset {
      close(connection, byReset: true)
      return now
    }
    if step == .finished { writer.endBody() }
    connection.bodyIsOpen = writer.isOpen
    connection.keepsAlive = writer.keepsAlive && step != .cut
    guard sendWritten(connection) else { return now }
    switch step {
    case .at(let instant): schedule(connection, at: instant)
    case .soon: makeReady(connection)
    case .parked, .reset: break
    case .finished, .cut: finish(connection, stream)
    }
    return now
  }

  private func makeReady(_ connection: ServerConnection) {
    guard !connection.isReady else { return }
    connection.isReady = true
    ready.append(connection.token)
  }

  private func finish(_ connection: ServerConnection, _ stream: any ResponseStream) {
    connection.stream = nil
    connection.handle = nil
    connection.timer &+= 1
    connection.waitsForRoom = false
    stream.ended(isAborted: false)
    settle(connection)
  }

  /// After a response: closes the connection if that was the last, or serves what came meanwhile.
  private func settle(_ connection: ServerConnection) {
    guard connection.backlog == 0, connection.stream == nil, !connection.isDead else { return }
    if !connection.keepsAlive { return connection.isRefused ? drain(connection) : close(connection) }
    if !connection.parser.isEmpty { serveRequests(connection, arrivedAt: lw_monotonic()) }
  }

  /// Ends our half of a connection whose client may still be sending: a close with bytes unread would reset it, and the
  /// client might never see why it was refused.
  private func drain(_ connection: ServerConnection) {
    _ = shutdown(connection.socket, Int32(SHUT_WR))
  }

  /// False when the connection is gone.
  private func sendWritten(_ connection: ServerConnection) -> Bool {
    guard !writer.bytes.isEmpty else { return true }
    counters.writes += 1
    switch connection.send(writer.bytes) {
    case .done: return true
    case .blocked:
      counters.blockedWrites += 1
      watch(connection, writable: true)
      return true
    case .failed:
      close(connection)
      return false
    }
  }

  // MARK: Connections

  private func connection(_ token: UInt64) -> ServerConnection? {
    let slot = Int(token & 0xFFFF_FFFF)
    guard slot < connections.count, UInt64(generations[slot]) == token >> 32 else { return nil }
    return connections[slot]
  }

  private func accept() {
    for _ in 0..<256 {
      let socket = lw_accept(listener, true)
      guard socket >= 0 else {
        // Out of descriptors: stop asking until one is given back, instead of spinning on the readable listener.
        if socket == -24 || socket == -23 { pauseListening() }
        return
      }
      let slot = freeSlots.popLast() ?? connections.count
      if slot == connections.count {
        connections.append(nil)
        generations.append(0)
      }
      let token = UInt64(slot) | UInt64(generations[slot]) << 32
      let session = tls.flatMap { lw_tls_new($0, socket, nil) }
      let connection = ServerConnection(
        socket: socket, token: token, tls: session, parser: HTTPRequestParser(maximumBody: parserLimit), loop: self)
      connections[slot] = connection
      counters.connectionsAccepted += 1
      counters.connectionsOpen += 1
      counters.connectionsPeak = max(counters.connectionsPeak, counters.connectionsOpen)
      let isWatched = (try? poller.add(socket, for: .readable, token: token)) != nil
      if !isWatched || (tls != nil && session == nil) { close(connection) }
    }
  }

  private func pauseListening() {
    poller.remove(listener)
    isListening = false
  }

  private func watch(_ connection: ServerConnection, writable: Bool) {
    guard connection.wantsWritable != writable else { return }
    connection.wantsWritable = writable
    try? poller.change(
      connection.socket, to: writable ? [.readable, .writable] : .readable, token: connection.token)
  }

  private func close(_ connection: ServerConnection, byReset: Bool = false) {
    guard !connection.isDead else { return }
    connection.isDead = true
    if byReset { lw_close_reset(connection.socket) } else { lw_close(connection.socket) }
    let slot = Int(connection.token & 0xFFFF_FFFF)
    connections[slot] = nil
    generations[slot] &+= 1
    freeSlots.append(slot)
    counters.connectionsOpen -= 1
    let stream = connection.stream
    connection.stream = nil
    connection.handle = nil
    stream?.ended(isAborted: true)
    if !isListening {
      isListening = (try? poller.add(listener, for: .readable, token: Self.listenerToken)) != nil
    }
  }

  // MARK: Reading

  private func serve(_ token: UInt64, _ readiness: Poller.Readiness) {
    guard let connection = connection(token) else { return }
    if connection.isHandshaking {
      switch connection.handshake() {
      case .blocked: return
      case .failed: return close(connection)
      case .done: break
      }
    }
    if readiness.contains(.writable) { flush(connection) }
    if !connection.isDead, readiness != .writable { read(connection) }
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

  private func read(_ connection: ServerConnection) {
    while true {
      let received = connection.receive(input)
      if received.count == ServerConnection.wouldBlock || received.count == Int64(LW_TLS_WANT_READ)
        || received.count == Int64(LW_TLS_WANT_WRITE)
      {
        return
      }
      guard received.count > 0 else { return close(connection) }
      let count = Int(received.count)
      if connection.isRefused { continue }
      connection.parser.append(UnsafeRawBufferPointer(rebasing: input[..<count]))
      // A client that sends on and on while its answer is written is no client of ours.
      if connection.stream != nil {
        if connection.parser.unreadCount > 1 << 20 { return close(connection) }
      } else if connection.backlog == 0 {
        serveRequests(connection, arrivedAt: ServerLoop.instant(ofStamp: received.stamp))
      }
      if connection.isDead || count < input.count { return }
    }
  }

  private func serveRequests(_ connection: ServerConnection, arrivedAt: Int64) {
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

  private static func tlsContext(_ certificate: String?, _ key: String?) throws -> OpaquePointer? {
    guard let certificate, let key else { return nil }
    var message = [CChar](repeating: 0, count: 256)
    guard let context = lw_tls_server_context(certificate, key, &message, message.count) else {
      let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw UsageError("The certificate \(certificate) and key \(key) cannot be used: \(text).")
    }
    return context
  }

  /// A kernel stamp as an instant of the monotonic clock; now, where there is no stamp that can be believed.
  private static func instant(ofStamp stamp: Int64) -> Int64 {
    let now = lw_monotonic()
    guard stamp > 0 else { return now }
    let instant = stamp + lw_monotonic_minus_realtime()
    return instant <= now && now - instant < 10_000_000_000 ? instant : now
  }
}
