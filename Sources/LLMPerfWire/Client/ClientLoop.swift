internal import CLLMPerfWire
import Glibc
import LLMPerf

/// An event loop that sends requests when they are due and reads the responses. Everything of a connection happens on
/// the one thread that runs the loop; bytes are stamped at the read, and not understood.
final class ClientLoop {
  let number: Int
  let endpoint: Endpoint?
  /// Why there is no endpoint: every request fails with it.
  let endpointFailure: RequestFailure?
  let options: ClientOptions
  let control: LoopControl
  let poller: Poller
  var connections: [Connection] = []
  /// Connections that wait for a request, the last used on top. In a closed loop: slots, and since when they are free.
  var free: [FreeSlot] = []
  var pace = WakeUpPace()

  private let slots: Int?
  private let maxInFlight: Int
  private let buffer: UnsafeMutableRawBufferPointer
  private var finished: ExchangeQueue?
  private(set) var origin: Int64 = 0
  /// Turns the kernel's wall clock stamps into instants of the run.
  private(set) var realtimeOffset: Int64 = 0
  private var observation = LoopObservation()
  private var inFlight = 0
  private var isSourceDry = false
  private var nextDue: RunInstant?
  /// Whether requests are due that the last turn did not get to.
  private var hasMoreToSend = false
  private var nextSweep = RunInstant.start

  struct FreeSlot {
    var index: Int
    var since: RunInstant
  }

  /// The time between two looks at the timeouts.
  private static let sweepInterval = Duration.milliseconds(50)
  /// Requests that one turn sends at most: a burst must not delay the reading of the first answers to it, since what
  /// comes together in one read has one stamp.
  private static let mostSendsPerTurn = 32
  /// How long the end of a body may lag behind its `[DONE]`.
  static let doneLinger = Duration.seconds(1)

  init(
    number: Int, endpoint: Result<Endpoint, RequestFailure>, options: ClientOptions, control: LoopControl,
    slots: Int?, maxInFlight: Int?
  ) throws {
    self.number = number
    switch endpoint {
    case .success(let endpoint): (self.endpoint, endpointFailure) = (endpoint, nil)
    case .failure(let failure): (self.endpoint, endpointFailure) = (nil, failure)
    }
    self.options = options
    self.control = control
    self.slots = slots
    self.maxInFlight = maxInFlight ?? .max
    poller = try Poller()
    buffer = .allocate(byteCount: 256 << 10, alignment: 64)
    control.attach(poller.waker)
    for index in 0..<(slots ?? 0) {
      connections.append(Connection(index: index))
      free.append(FreeSlot(index: index, since: .start))
    }
    free.reverse()
  }

  deinit {
    buffer.deallocate()
  }

  var now: RunInstant { RunInstant(nanoseconds: lw_monotonic() - origin) }

  /// Sends what `requests` gives until it gives no more, and returns when the last exchange has ended.
  func run(_ requests: RequestQueue, finished: ExchangeQueue, clockOrigin: Int64) throws {
    self.finished = finished
    origin = clockOrigin
    realtimeOffset = lw_monotonic_minus_realtime() - origin
    nextSweep = .start
    var turnStart = now
    while true {
      dispatch(requests)
      if inFlight == 0, isSourceDry || !maySend { break }
      let turnEnd = now
      noteTurn(turnEnd - turnStart)
      if hasMoreToSend {
        try turn(timeout: 0)
      } else {
        pace.nap(until: min(nextDue ?? nextSweep, nextSweep), from: turnEnd, origin: origin, inFlight: inFlight)
        try turn(timeout: pace.timeout(until: nextDue, or: nextSweep, now: turnEnd))
      }
      turnStart = now
      if turnStart >= nextSweep { sweep(turnStart) }
    }
    for connection in connections { connection.close() }
    publish()
  }

  /// Waits for events once and handles them.
  func turn(timeout: Int64) throws {
    let ready = try poller.wait(nanoseconds: timeout) { token, readiness in
      let connection = connections[Int(token & 0xFFFF_FFFF)]
      if connection.generation == UInt32(token >> 32) { handle(connection, readiness) }
    }
    observation.peakReady = max(observation.peakReady, ready)
    pace.noteTurn(ready: ready)
  }

  // MARK: Sending

  private var maySend: Bool {
    if control.isStopped { return false }
    guard let duration = options.duration else { return true }
    return now < RunInstant.start + duration
  }

  /// Sends what is due and has a place; a part of it when it is much, so that reading is not kept waiting.
  private func dispatch(_ requests: RequestQueue) {
    nextDue = nil
    hasMoreToSend = false
    guard !isSourceDry, maySend else { return }
    var resting: [FreeSlot] = []
    defer { free += resting }
    let waker = poller.waker
    for _ in 0..<Self.mostSendsPerTurn {
      setAsideResting(&resting)
      guard inFlight < maxInFlight, slots == nil || !free.isEmpty else { return }
      switch requests.take(at: now, loop: number, wake: { waker.signal() }) {
      case .send(let request, let dueAt):
        let slot = takeSlot()
        begin(connections[slot.index], request, dueAt: dueAt ?? slot.since)
      case .notBefore(let dueAt):
        nextDue = dueAt
        return
      case .wait: return
      case .finished:
        isSourceDry = true
        return
      }
    }
    hasMoreToSend = true
  }

  /// Takes slots that rest after a failed connection off the top of the free ones.
  private func setAsideResting(_ resting: inout [FreeSlot]) {
    guard options.pausesAfterFailedConnect else { return }
    while let slot = free.last, let rest = connections[slot.index].restsUntil {
      guard rest > now else {
        connections[slot.index].restsUntil = nil
        return
      }
      resting.append(free.removeLast())
    }
  }

  private func takeSlot() -> FreeSlot {
    if let slot = free.popLast() { return slot }
    connections.append(Connection(index: connections.count))
    return FreeSlot(index: connections.count - 1, since: .start)
  }

  private func begin(_ connection: Connection, _ request: ScheduledRequest, dueAt: RunInstant) {
    inFlight += 1
    observation.peakInFlight = max(observation.peakInFlight, inFlight)
    connection.begin(FinishedExchange(request: request, dueAt: dueAt))
    if connection.state == .idle {
      connection.exchange.reusedConnection = connection.served > 0
      startSending(connection)
    } else {
      connect(connection)
    }
  }

  func startSending(_ connection: Connection) {
    connection.startResponse()
    let at = now
    connection.exchange.sentAt = at
    connection.lastActivity = at
    observation.sent += 1
    send(connection)
  }

  private func send(_ connection: Connection) {
    while connection.sent < connection.exchange.request.wire.count {
      let offset = connection.sent
      let result = connection.exchange.request.wire.withUnsafeBytes { bytes in
        connection.send(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
      }
      switch result {
      case .bytes(let count, _):
        connection.sent += count
        connection.exchange.bytesSent += count
      case .later:
        return watch(connection, writes: true)
      case .end, .failed:
        // What the service said before it closed may still lie in the socket; the read finds out.
        return watch(connection, writes: false)
      }
    }
    watch(connection, writes: false)
  }

  func watch(_ connection: Connection, writes: Bool) {
    guard connection.watchesWrites != writes else { return }
    connection.watchesWrites = writes
    try? poller.change(
      connection.descriptor, to: writes ? [.readable, .writable] : .readable, token: connection.token)
  }

  // MARK: Receiving

  private func handle(_ connection: Connection, _ readiness: Poller.Readiness) {
    switch connection.state {
    case .connecting: finishConnecting(connection)
    case .handshaking: handshake(connection)
    case .idle: receive(connection)
    case .exchanging:
      if readiness.contains(.writable), connection.watchesWrites { send(connection) }
      if connection.state == .exchanging, !readiness.isDisjoint(with: [.readable, .error, .hangUp]) {
        receive(connection)
      }
    case .closed: break
    }
  }

  private func receive(_ connection: Connection) {
    while true {
      switch connection.receive(into: buffer) {
      case .bytes(let count, let stamp):
        guard connection.state == .exchanging else {
          // Bytes that nobody asked for: the connection is out of step.
          return drop(connection)
        }
        take(count, stamp: stamp, on: connection)
        // A read that left room has emptied the socket; TLS may hold more records of its own.
        if connection.state != .exchanging || connection.tls == nil && count < buffer.count { return }
      case .later: return
      case .end: return ended(connection, nil)
      case .failed(let message, let code): return ended(connection, RequestFailure(code, message))
      }
    }
  }

  /// Takes `count` bytes of the buffer as a part of the connection's response.
  private func take(_ count: Int, stamp: Int64, on connection: Connection) {
    let readAt = now
    var at = readAt
    if stamp != 0 {
      at = min(RunInstant(nanoseconds: stamp + realtimeOffset), readAt)
      connection.exchange.longestReadDelay = max(connection.exchange.longestReadDelay, readAt - at)
    } else {
      connection.exchange.kernelStamped = false
    }
    if let last = connection.lastRead { pace.note(gap: at - last) }
    do {
      let bytes = UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self)[..<count])
      observation.peakRead = max(observation.peakRead, count)
      let taken = try connection.take(bytes, at: at, readAt: readAt)
      if connection.parser.isDone { finish(connection, at: at, leftOver: count - taken) }
    } catch {
      fail(connection, RequestFailure(.malformed, error.message))
    }
  }

  /// The peer closed, or the connection broke by `failure`.
  private func ended(_ connection: Connection, _ failure: RequestFailure?) {
    guard connection.state == .exchanging else { return drop(connection) }
    if connection.exchange.headersAt == nil, connection.exchange.reusedConnection, !connection.exchange.retried {
      return retry(connection)
    }
    if failure == nil, connection.parser.endsWithConnection {
      connection.exchange.isComplete = true
    } else if connection.parser.status == nil {
      connection.exchange.failure =
        failure ?? RequestFailure(.reset, "the connection closed before a response came")
    }
    close(connection, at: now)
  }

  /// A kept-alive connection died before the first byte: the request goes out once more, on a new one.
  private func retry(_ connection: Connection) {
    connection.close()
    connection.exchange.retried = true
    connection.exchange.reusedConnection = false
    connection.exchange.sentAt = nil
    connection.exchange.bytesSent = 0
    connect(connection)
  }

  // MARK: Ending

  private func finish(_ connection: Connection, at: RunInstant, leftOver: Int) {
    connection.exchange.isComplete = true
    if connection.parser.closesConnection || leftOver > 0 || connection.watchesWrites {
      return close(connection, at: at)
    }
    connection.state = .idle
    connection.served += 1
    handOver(connection, at: at)
  }

  func fail(_ connection: Connection, _ failure: RequestFailure) {
    connection.exchange.failure = failure
    close(connection, at: now, reset: true)
  }

  private func close(_ connection: Connection, at: RunInstant, reset: Bool = false) {
    connection.close(reset: reset)
    handOver(connection, at: at)
  }

  /// Hands the connection's exchange to the recorder and frees its place.
  private func handOver(_ connection: Connection, at: RunInstant) {
    guard connection.isBusy else { return }
    inFlight -= 1
    if let sentAt = connection.exchange.sentAt { pace.note(latency: at - sentAt) }
    finished?.push(connection.takeExchange(endedAt: at))
    free.append(FreeSlot(index: connection.index, since: at))
  }

  /// Closes a connection without an exchange.
  private func drop(_ connection: Connection) {
    if connection.isBusy {
      fail(connection, RequestFailure(.reset, "the connection broke"))
    } else {
      connection.close()
    }
  }

  // MARK: Watching

  private func sweep(_ at: RunInstant) {
    nextSweep = at + min(Self.sweepInterval, options.readTimeout / 8, options.connectTimeout / 8)
    realtimeOffset = lw_monotonic_minus_realtime() - origin
    for connection in connections where connection.isBusy {
      if control.isCancelled {
        fail(connection, RequestFailure(.cancelled, "the run was interrupted"))
      } else {
        checkTimeouts(connection, at)
      }
    }
    publish()
  }

  private func checkTimeouts(_ connection: Connection, _ at: RunInstant) {
    switch connection.state {
    case .connecting, .handshaking:
      guard at - connection.lastActivity > options.connectTimeout else { return }
      fail(connection, RequestFailure(.connectTimeout, "no connection within \(options.connectTimeout)"))
    case .exchanging:
      if let seen = connection.doneSeenAt, at - seen > Self.doneLinger {
        connection.exchange.isComplete = true
        return close(connection, at: seen)
      }
      if let patience = options.patience, let first = connection.exchange.headersAt, at - first > patience {
        return fail(connection, RequestFailure(.cancelled, "enough was seen"))
      }
      guard at - connection.lastActivity > options.readTimeout else { return }
      fail(connection, RequestFailure(.readTimeout, "no byte for \(options.readTimeout)"))
    case .idle, .closed: break
    }
  }

  private func noteTurn(_ time: Duration) {
    observation.turnTimes.note(time)
  }

  private func publish() {
    observation.inFlight = inFlight
    observation.cpuTime = .nanoseconds(lw_thread_cpu_time())
    control.publish(observation)
  }
}
