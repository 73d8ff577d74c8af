import LLMPerf

extension ClientLoop {
  /// Requests that one turn sends at most: a burst must not delay the reading of the first answers to it, since what
  /// comes together in one read has one stamp.
  private static let mostSendsPerTurn = 32
  /// What handing over a request takes on a machine that has a processor for it, in nanoseconds. On the loopback the peer's
  /// reading is a part of it. Where it took longer, nobody knows when in that time the request left.
  private static let ordinarySend: Int64 = 200_000
  /// How long sending waits for a recorder that is far behind before it looks again.
  private static let recorderPause = Duration.milliseconds(1)

  var maySend: Bool {
    if control.isStopped { return false }
    guard let duration = options.duration else { return true }
    return now < RunInstant.start + duration
  }

  /// Sends what is due and has a place; a part of it when it is much, so that reading is not kept waiting.
  func dispatch(_ requests: RequestQueue) {
    nextDue = nil
    hasMoreToSend = false
    pausedUntil = nil
    guard !isSourceDry, maySend else { return }
    if finished?.isCongested == true {
      pausedUntil = now + Self.recorderPause
      return
    }
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
    connection.startResponse(room: bodyRoom)
    guard set(connection, urgent: true) else { return }
    let at = now
    connection.exchange.sentAt = at
    connection.lastActivity = at
    connection.emptiedAt = at
    awaitedFirsts.append(AwaitedFirsts.Entry(connection: connection.index, sent: at))
    observation.sent += 1
    send(connection)
    let took = now.nanoseconds - at.nanoseconds
    if connection.isBusy { connection.exchange.sendDelay = took > Self.ordinarySend ? took : 0 }
  }

  func send(_ connection: Connection) {
    while connection.sent < connection.exchange.request.wire.count {
      let offset = connection.sent
      let result = connection.exchange.request.wire.withUnsafeBytes { bytes in
        connection.send(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
      }
      switch result {
      case .bytes(let count, _):
        // A long upload is no silence. What goes at once went at `sentAt`.
        if connection.watchesWrites { connection.lastActivity = now }
        connection.sent += count
        connection.exchange.bytesSent += count
      case .later:
        return watch(connection, writes: true)
      case .end:
        return watch(connection, writes: false)
      case .failed(let message, let code):
        // What the service said before it closed may still lie in the socket; the read finds out. Not every refusal is
        // of a connection that was closed: a full queue and a rule of the firewall leave it open.
        connection.unsent = (now, RequestFailure(code, "the request could not be sent: \(message)"))
        return watch(connection, writes: false)
      }
    }
    watch(connection, writes: false)
  }

  /// Has the poller watch for room to write, or not.
  func watch(_ connection: Connection, writes: Bool) {
    guard connection.watchesWrites != writes else { return }
    connection.watchesWrites = writes
    poller.update(connection)
  }

  /// Puts a connection among those that are looked at first, or out of them. When that cannot be done the exchange fails.
  @discardableResult
  func set(_ connection: Connection, urgent: Bool) -> Bool {
    do {
      try poller.set(connection, urgent: urgent)
      return true
    } catch {
      fail(connection, RequestFailure(.reset, "the connection cannot be watched: \(error)"))
      return false
    }
  }
}
