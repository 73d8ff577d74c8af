internal import CLLMPerfWire
import Glibc
import LLMPerf

/// What sockets are ready for, read and told to their connections.
extension ClientLoop {
  /// Reads of a response's body among which its first token is: what comes before it, such as the role, comes in few.
  private static let urgentReads = 6
  /// Reads after which a peer that sends without end has kept the loop from its timers and from the others long enough.
  private static let mostReads = 64

  func handle(_ channel: Channel, _ readiness: Poller.Readiness) {
    switch channel.connection.state {
    case .connecting: perform(finishConnecting(channel), on: channel)
    case .handshaking: perform(.shakeHands, on: channel)
    case .idle: receive(channel)
    case .exchanging:
      if readiness.contains(.writable), channel.watchesWrites { perform(.write, on: channel) }
      if !readiness.isDisjoint(with: [.readable, .error, .hangUp]) { receive(channel) }
    case .closed: break
    }
  }

  private func receive(_ channel: Channel) {
    var reads = 0
    while true {
      reads += 1
      // The read that finds the socket empty may take long itself, so what counts is the last clock reading before it.
      let before = lastClock
      switch channel.socket.receive(into: buffer) {
      case .bytes(let count, let stamp):
        let readAt = now
        lastClock = readAt
        take(count, stamp: stamp, readAt: readAt, on: channel)
        guard channel.connection.state == .exchanging else { return }
        if !channel.socket.isSecure {
          // A read that left room has emptied the socket. What is left in it makes it ready again.
          if count < buffer.count {
            channel.connection.emptiedAt = before
            return
          }
          if reads == Self.mostReads { return }
        } else if reads % Self.mostReads == 0, control.isCancelled {
          // TLS may hold more records of its own, so they are all read, unless there is no end to them.
          return perform(channel.connection.cut(at: now), on: channel)
        }
      case .later:
        channel.connection.emptiedAt = before
        return
      case .end: return perform(channel.connection.peerClosed(nil, at: now), on: channel)
      case .failed(let reason): return perform(channel.connection.peerClosed(reason, at: now), on: channel)
      }
    }
  }

  /// Tells the connection of `count` bytes of the buffer, and learns from them how long to nap.
  private func take(_ count: Int, stamp: Int64, readAt: RunInstant, on channel: Channel) {
    let earliest = channel.connection.earliestNext
    let stamped = stamp == 0 ? nil : stamps.instant(of: stamp, after: earliest, readAt: readAt)
    let read = Connection.Read(
      at: stamped ?? readAt, isStamped: stamped != nil, readAt: readAt,
      emptyAt: RunInstant(nanoseconds: poller.emptyAt - origin), crowding: poller.crowding)
    if let last = channel.connection.lastRead { pace.note(gap: read.at.nanoseconds - last.nanoseconds) }
    observation.peakRead = max(observation.peakRead, count)
    let hadBody = channel.connection.hasReads(1)
    let bytes = UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self)[..<count])
    let action = channel.connection.received(bytes, read)
    // Before the first bytes, no byte is earlier than the send.
    if !hadBody, channel.connection.hasReads(1) {
      pace.note(first: read.at - (channel.connection.exchange.sentAt ?? .start))
    }
    guard action == .wait else { return perform(action, on: channel) }
    limitMemory(of: channel)
    if channel.isUrgent, channel.connection.hasReads(Self.urgentReads), let failure = set(channel, urgent: false) {
      perform(channel.connection.fail(failure, at: now), on: channel)
    }
  }
}
