internal import CLLMPerfWire
import LLMPerf

extension ClientLoop {
  /// The time between two looks at the timeouts.
  private static let sweepInterval = Duration.milliseconds(50)
  /// How long the end of a body may lag behind its `[DONE]`.
  private static let doneLinger = Duration.seconds(1)
  /// How long an answer may keep silent to a request that could not be sent to its end.
  private static let unsentLinger = Duration.seconds(1)
  /// Bytes that the bodies of all responses under way share in memory, whatever their number.
  private static let bodyMemory = 32 << 20
  /// A smaller part of a body is not worth a write.
  private static let smallestPart = 1 << 10

  /// Looks at every exchange for timeouts, and tells other threads how the loop is doing.
  func sweep() {
    let at = now
    nextSweep = at + min(Self.sweepInterval, options.readTimeout / 8, options.connectTimeout / 8)
    stamps.compare(lw_monotonic_minus_realtime() - origin)
    for connection in connections where connection.isBusy {
      if control.isCancelled {
        // An answer that was there to its `[DONE]` waited for the end of its framing alone.
        if let seen = connection.doneSeenAt {
          complete(connection, at: seen)
        } else {
          end(connection, .cut(by: .endOfRun))
        }
      } else {
        checkTimeouts(connection, at)
      }
    }
    publish()
  }

  /// Ends what is in flight as failed, since the loop cannot go on for `error`.
  func abandon(_ error: any Error) {
    for connection in connections {
      if connection.isBusy {
        fail(connection, RequestFailure(.client, "the client's event loop broke: \(error)"))
      } else {
        connection.close()
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
      if let seen = connection.doneSeenAt, at - seen > Self.doneLinger { return complete(connection, at: seen) }
      if let unsent = connection.unsent, at - max(unsent.at, connection.lastActivity) > Self.unsentLinger {
        return fail(connection, unsent.failure)
      }
      if let patience = options.patience, let first = connection.exchange.headersAt, at - first > patience {
        return end(connection, .abandoned(.enoughSeen))
      }
      if let before = connection.untaken { noteUpload(connection, before, at) }
      guard at - connection.lastActivity > options.readTimeout else { return }
      fail(connection, RequestFailure(.readTimeout, silence(of: connection)))
    case .idle, .closed: break
    }
  }

  /// Ends an exchange whose answer was there at `seen`.
  private func complete(_ connection: Connection, at seen: RunInstant) {
    connection.exchange.isComplete = true
    close(connection, at: seen)
  }

  /// Takes it for a sign of life when the service took more of a long request: some MB of it lie in our own socket, and a
  /// service may take them for longer than the read timeout.
  private func noteUpload(_ connection: Connection, _ before: Int, _ at: RunInstant) {
    let left = Int(lw_unacknowledged(connection.descriptor))
    if left < before { connection.lastActivity = at }
    let isSent = connection.sent == connection.exchange.request.wire.count
    connection.untaken = isSent && left <= 0 ? nil : left
  }

  /// What did not come within the read timeout.
  private func silence(of connection: Connection) -> String {
    let (sent, whole) = (connection.sent, connection.exchange.request.wire.count)
    if sent < whole { return "no byte of the request was taken for \(options.readTimeout), after \(sent) of \(whole)" }
    let interims = connection.parser.isBeforeHead ? connection.parser.interimCount : 0
    let what = interims == 0 ? "no byte" : "\(interims) interim responses and no byte of an answer"
    return "\(what) for \(options.readTimeout)"
  }

  /// What one response may take of the memory for bodies.
  private var fairPart: Int {
    max(Self.smallestPart, Self.bodyMemory / options.loops / max(1, inFlight, slots ?? 0))
  }

  /// Room for one response's part. What comes with the read that fills it must fit too, or the room would be doubled.
  var bodyRoom: Int { fairPart + 512 }

  /// Moves what has come of a response out of memory when it takes its part of what there is.
  func limitMemory(of connection: Connection) {
    let part = fairPart
    guard connection.exchange.body.count >= part,
      // Between two events, so that the end marker of a stream is not cut; other bodies may have no lines.
      connection.exchange.body.last == 0x0A || connection.exchange.body.count >= 4 * part
    else { return }
    finished?.spill.moveOut(&connection.exchange)
    connection.exchange.body.reserveCapacity(bodyRoom)
  }
}
