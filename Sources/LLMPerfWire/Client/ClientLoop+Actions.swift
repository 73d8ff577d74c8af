internal import CLLMPerfWire
import Glibc
import LLMPerf

/// What connections ask for, done.
extension ClientLoop {
  /// Does what `action` says, and what follows from it.
  func perform(_ action: Connection.Action, on channel: Channel) {
    var action = action
    while action != .wait { action = carryOut(action, on: channel) }
    if channel.isCounted != channel.connection.isBeingMade {
      channel.isCounted.toggle()
      connecting += channel.isCounted ? 1 : -1
    }
  }

  private func carryOut(_ action: Connection.Action, on channel: Channel) -> Connection.Action {
    switch action {
    case .wait: break
    case .reconnect:
      channel.close()
      return channel.connection.connectingBegins(at: now)
    case .connect: return connect(channel)
    case .shakeHands: return channel.connection.handshook(channel.socket.shakeHands(), at: now)
    case .send: return startSending(channel)
    case .write: return write(channel)
    case .watch(let writes): watch(channel, writes: writes)
    case .askWhatIsTaken:
      return channel.connection.uploadIsLeft(channel.socket.unacknowledged, at: now, limits)
    case .finish: handOver(channel)
    case .close(let reset):
      channel.close(reset: reset)
      handOver(channel)
    }
    return .wait
  }

  // MARK: Connecting

  private func connect(_ channel: Channel) -> Connection.Action {
    guard let endpoint else {
      let failure = endpointFailure ?? RequestFailure(.dns, "the host has no address")
      return channel.connection.endpointFailed(failure, at: now)
    }
    let number = channel.connection.addressIndex
    let address = endpoint.addresses[number]
    do throws(SystemError) {
      channel.open(try StreamSocket(family: address.family, stamped: true))
    } catch {
      return channel.connection.socketIsMissing(code: error.code, at: now)
    }
    var result = bindSource(channel, address.family)
    if result == 0 {
      do {
        try poller.add(channel)
      } catch {
        return channel.connection.fail(RequestFailure(.refused, "\(error)"), at: now)
      }
      result = channel.socket.connect(to: address)
    }
    guard result != 0, result != EINPROGRESS else { return .wait }
    return addressFailed(channel, code: result)
  }

  private func addressFailed(_ channel: Channel, code: Int32) -> Connection.Action {
    channel.close()
    let isLast = channel.connection.addressIndex + 1 >= endpoint?.addresses.count ?? 0
    return channel.connection.addressFailed(code: code, isLast: isLast, at: now)
  }

  /// Gives the socket its turn's source address of `family`; an endpoint has no addresses of a family that has none.
  private func bindSource(_ channel: Channel, _ family: Int32) -> Int32 {
    let sources = options.sourceAddresses.filter { $0.family == family }
    return sources.isEmpty ? 0 : -sources[channel.index % sources.count].bind(channel.socket.descriptor)
  }

  /// The socket became ready while connecting: connected, or not.
  func finishConnecting(_ channel: Channel) -> Connection.Action {
    let result = channel.socket.connectResult
    guard result == 0 else { return addressFailed(channel, code: result) }
    watch(channel, writes: false)
    guard let endpoint, let tls = endpoint.tls else { return channel.connection.connected(isSecure: false, at: now) }
    guard channel.secure(by: tls, host: endpoint.host) else {
      let words = "TLS could not be set up; a host's name has 253 characters at most"
      return channel.connection.fail(RequestFailure(.tls, words), at: now)
    }
    return channel.connection.connected(isSecure: true, at: now)
  }

  // MARK: Sending

  private func startSending(_ channel: Channel) -> Connection.Action {
    channel.connection.expectResponse(room: bodyRoom)
    if let failure = set(channel, urgent: true) { return channel.connection.fail(failure, at: now) }
    let at = now
    var action = channel.connection.sendingBegins(at: at, limits)
    awaitedFirsts.append(AwaitedFirsts.Entry(channel: channel.index, sent: at))
    observation.sent += 1
    while action == .write { action = write(channel) }
    if case .watch(let writes) = action { watch(channel, writes: writes) }
    channel.connection.firstWritesTook(now.nanoseconds - at.nanoseconds)
    return .wait
  }

  private func write(_ channel: Channel) -> Connection.Action {
    let result = channel.writeRest()
    return channel.connection.wrote(result, at: now)
  }

  // MARK: Watching

  /// Has the poller watch for room to write, or not.
  private func watch(_ channel: Channel, writes: Bool) {
    guard channel.watchesWrites != writes else { return }
    channel.watchesWrites = writes
    poller.update(channel)
  }

  /// Puts a channel among those that are looked at first, or out of them; returns why that cannot be done.
  func set(_ channel: Channel, urgent: Bool) -> RequestFailure? {
    do {
      try poller.set(channel, urgent: urgent)
      return nil
    } catch {
      return RequestFailure(.reset, "the connection cannot be watched: \(error)")
    }
  }

  // MARK: Ends

  /// Hands the channel's exchange, if there is one, to the recorder and frees its place.
  private func handOver(_ channel: Channel) {
    guard channel.connection.isBusy else { return }
    inFlight -= 1
    let exchange = channel.connection.takeExchange()
    let at = exchange.endedAt ?? now
    if let sentAt = exchange.sentAt { pace.note(latency: at - sentAt) }
    let keepsPlace = awaitSession(of: exchange.request)
    finished?.push(exchange)
    if !keepsPlace { release(channel, since: at) }
  }

  /// Ends what is in flight as failed, since the loop cannot go on for `error`.
  func abandon(_ error: any Error) {
    for channel in channels {
      if channel.connection.isBusy {
        let failure = RequestFailure(.client, "the client's event loop broke: \(error)")
        perform(channel.connection.fail(failure, at: now), on: channel)
      } else {
        channel.close()
      }
    }
    publish()
  }
}
