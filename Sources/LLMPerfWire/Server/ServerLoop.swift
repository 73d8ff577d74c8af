internal import CLLMPerfWire
import Glibc
import LLMPerf

/// The thread of a server: accepts, reads, asks the router, and gives each stream its turns.
final class ServerLoop {
  private static let listenerToken = UInt64.max - 1
  static let backlogLimit = 256 << 10
  /// How long a client that was refused may go on sending.
  private static let drainTime: Int64 = 2_000_000_000

  let counters = ServerCounters()
  private var poller: Poller
  private let listener: Int32
  private let tls: TLSContext?
  private let parserLimit: Int
  private let maximumConnections: Int
  var router = Router()
  private var isListening = true

  private var events: [(token: UInt64, readiness: Poller.Readiness)] = []
  private var connections: [ServerConnection?] = []
  private var generations: [UInt32] = []
  private var freeSlots: [Int] = []
  private var timers = TimerHeap<(connection: UInt64, timer: UInt32)>()
  private var ready: [UInt64] = []
  /// Connections that were read from for as long as their turn allows, and have more.
  private var unread: [UInt64] = []
  var writer = ResponseWriter()
  let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  /// Wakes the loop from other threads.
  var waker: Waker { poller.waker }

  /// A loop over a listening socket, which becomes its own; with PEM files of a certificate and its key, over TLS.
  init(
    listener: Int32, certificate: String?, key: String?, maximumBody: Int, maximumConnections: Int = .max
  ) throws {
    do {
      poller = try Poller()
      tls = try ServerLoop.tlsContext(certificate, key)
    } catch {
      lw_close(listener)
      throw error
    }
    self.listener = listener
    parserLimit = maximumBody
    self.maximumConnections = maximumConnections
  }

  deinit {
    input.deallocate()
    lw_close(listener)
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
      readOn()
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
    if !ready.isEmpty || !unread.isEmpty { return 0 }
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
  func turn(_ connection: ServerConnection) -> Int64 {
    let now = lw_monotonic()
    guard let stream = connection.stream else {
      if connection.isRefused { close(connection) }
      return now
    }
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

  /// Reads what the connections have that used up their turn: of bytes that OpenSSL took from a socket the poller says
  /// nothing.
  private func readOn() {
    guard !unread.isEmpty else { return }
    let tokens = unread
    unread.removeAll(keepingCapacity: true)
    for token in tokens {
      if let connection = connection(token) { read(connection) }
    }
  }

  /// Has `connection` read from again after the others.
  func readLater(_ connection: ServerConnection) {
    unread.append(connection.token)
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
  func settle(_ connection: ServerConnection) {
    guard connection.backlog == 0, connection.stream == nil, !connection.isDead else { return }
    if !connection.keepsAlive { return connection.isRefused ? drain(connection) : close(connection) }
    if !connection.parser.isEmpty { serveRequests(connection, arrivedAt: lw_monotonic()) }
  }

  /// Ends our half of a connection whose client may still be sending: a close with bytes unread would reset it, and the
  /// client might never see why it was refused.
  private func drain(_ connection: ServerConnection) {
    _ = shutdown(connection.socket.descriptor, Int32(SHUT_WR))
    schedule(connection, at: lw_monotonic() + Self.drainTime)
  }

  /// False when the connection is gone.
  func sendWritten(_ connection: ServerConnection) -> Bool {
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

  func connection(_ token: UInt64) -> ServerConnection? {
    let slot = Int(token & 0xFFFF_FFFF)
    guard slot < connections.count, UInt64(generations[slot]) == token >> 32 else { return nil }
    return connections[slot]
  }

  private func accept() {
    for _ in 0..<256 {
      let descriptor = lw_accept(listener, true)
      guard descriptor >= 0 else {
        // Out of descriptors: stop asking until one is given back, instead of spinning on the readable listener.
        if descriptor == -EMFILE || descriptor == -ENFILE { pauseListening() }
        return
      }
      guard counters.connectionsOpen < maximumConnections else {
        lw_close(descriptor)
        continue
      }
      let slot = freeSlots.popLast() ?? connections.count
      if slot == connections.count {
        connections.append(nil)
        generations.append(0)
      }
      let token = UInt64(slot) | UInt64(generations[slot]) << 32
      var socket = StreamSocket(descriptor)
      let isSet = tls.map { socket.secure(by: $0, host: nil) } ?? true
      let connection = ServerConnection(
        socket: socket, token: token, parser: RequestParser(maximumBody: parserLimit), loop: self)
      connections[slot] = connection
      counters.connectionsAccepted += 1
      counters.connectionsOpen += 1
      counters.connectionsPeak = max(counters.connectionsPeak, counters.connectionsOpen)
      let isWatched = (try? poller.add(descriptor, for: .readable, token: token)) != nil
      if !isWatched || !isSet { close(connection) }
    }
  }

  private func pauseListening() {
    poller.remove(listener)
    isListening = false
  }

  func watch(_ connection: ServerConnection, writable: Bool) {
    guard connection.wantsWritable != writable else { return }
    connection.wantsWritable = writable
    try? poller.change(
      connection.socket.descriptor, to: writable ? [.readable, .writable] : .readable, token: connection.token)
  }

  func close(_ connection: ServerConnection, byReset: Bool = false) {
    guard !connection.isDead else { return }
    connection.close(reset: byReset)
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

  private static func tlsContext(_ certificate: String?, _ key: String?) throws -> TLSContext? {
    guard let certificate, let key else { return nil }
    do throws(TLSContext.Failure) {
      return try TLSContext(certificate: certificate, key: key)
    } catch {
      throw UsageError("The certificate \(certificate) and key \(key) cannot be used: \(error.reason).")
    }
  }
}
