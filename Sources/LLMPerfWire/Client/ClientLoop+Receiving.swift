internal import CLLMPerfWire
import Glibc
import LLMPerf

extension ClientLoop {
  /// Reads of a response's body among which its first token is: what comes before it, such as the role, comes in few.
  private static let urgentReads = 6

  func handle(_ connection: Connection, _ readiness: Poller.Readiness) {
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

  /// Reads after which a peer that sends without end has kept the loop from its timers and from the others long enough.
  private static let mostReads = 64

  private func receive(_ connection: Connection) {
    var reads = 0
    while true {
      reads += 1
      // The read that finds the socket empty may take long itself, so what counts is the last clock reading before it.
      let before = lastClock
      switch connection.receive(into: buffer) {
      case .bytes(let count, let stamp):
        guard connection.state == .exchanging else {
          // Bytes that nobody asked for: the connection is out of step.
          return drop(connection)
        }
        let readAt = now
        lastClock = readAt
        take(count, stamp: stamp, readAt: readAt, on: connection)
        guard connection.state == .exchanging else { return }
        if connection.tls == nil {
          // A read that left room has emptied the socket. What is left in it makes it ready again.
          if count < buffer.count {
            connection.emptiedAt = before
            return
          }
          if reads == Self.mostReads { return }
        } else if reads % Self.mostReads == 0, control.isCancelled {
          // TLS may hold more records of its own, so they are all read, unless there is no end to them.
          return end(connection, .cut(by: .endOfRun))
        }
      case .later:
        connection.emptiedAt = before
        return
      case .end: return ended(connection, nil)
      case .failed(let message, let code): return ended(connection, RequestFailure(code, message))
      }
    }
  }

  /// Takes `count` bytes of the buffer as a part of the connection's response.
  private func take(_ count: Int, stamp: Int64, readAt: RunInstant, on connection: Connection) {
    let sentAt = connection.exchange.sentAt ?? .start
    let stamped = stamp == 0 ? nil : stamps.instant(of: stamp, after: connection.lastRead ?? sentAt, readAt: readAt)
    let at = stamped ?? readAt
    if stamped != nil {
      connection.exchange.longestReadDelay = max(connection.exchange.longestReadDelay, readAt - at)
    } else {
      connection.exchange.kernelStamped = false
    }
    if let last = connection.lastRead { pace.note(gap: at.nanoseconds - last.nanoseconds) }
    let slack = at.nanoseconds - max(poller.emptyAt - origin, connection.emptiedAt.nanoseconds) + poller.crowding
    let isFirst = connection.exchange.arrivals.isEmpty && connection.exchange.spilled.isEmpty
    do {
      let bytes = UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self)[..<count])
      observation.peakRead = max(observation.peakRead, count)
      let taken = try connection.take(bytes, at: at, slack: slack, readAt: readAt)
      if isFirst, !connection.exchange.arrivals.isEmpty { pace.note(first: at - sentAt) }
      if connection.parser.isDone {
        return finish(connection, at: at, leftOver: count - taken)
      }
      limitMemory(of: connection)
      if connection.isUrgent, connection.hasReads(Self.urgentReads) { set(connection, urgent: false) }
    } catch {
      fail(connection, RequestFailure(.malformed, error.message))
    }
  }

  /// The peer closed, or the connection broke by `failure`.
  private func ended(_ connection: Connection, _ failure: RequestFailure?) {
    guard connection.state == .exchanging else { return drop(connection) }
    if connection.lastRead == nil, connection.exchange.reusedConnection, !connection.exchange.retried {
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

  private func finish(_ connection: Connection, at: RunInstant, leftOver: Int) {
    connection.exchange.isComplete = true
    if connection.parser.closesConnection || leftOver > 0 || connection.watchesWrites {
      return close(connection, at: at)
    }
    connection.state = .idle
    connection.served += 1
    handOver(connection, at: at)
  }

  func fail(_ connection: Connection, _ failure: RequestFailure) { end(connection, .failure(failure)) }

  /// Ends an exchange before its response did.
  func end(_ connection: Connection, _ ending: Ending) {
    connection.exchange.ending = ending
    close(connection, at: now, reset: true)
  }

  func close(_ connection: Connection, at: RunInstant, reset: Bool = false) {
    endConnecting(connection)
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
}
