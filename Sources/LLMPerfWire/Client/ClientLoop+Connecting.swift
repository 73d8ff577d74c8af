internal import CLLMPerfWire
import Glibc
import LLMPerf

extension ClientLoop {
  /// How long a slot rests after a failed connection, where nothing but the duration bounds a run.
  private static let restAfterFailedConnect = Duration.milliseconds(50)

  /// Opens a connection for the exchange that waits on it.
  func connect(_ connection: Connection) {
    connection.addressIndex = 0
    connection.lastActivity = now
    connection.exchange.connectStartedAt = connection.lastActivity
    // One that was begun before the run and is not made yet begins anew.
    endConnecting(connection)
    connection.close()
    connection.isConnecting = true
    connecting += 1
    tryAddress(connection, after: nil)
  }

  /// Connects to the next of the endpoint's addresses; when there is none left, the exchange fails with `failure`.
  private func tryAddress(_ connection: Connection, after failure: RequestFailure?) {
    guard let endpoint, connection.addressIndex < endpoint.addresses.count else {
      if options.pausesAfterFailedConnect { connection.restsUntil = now + Self.restAfterFailedConnect }
      return fail(connection, failure ?? endpointFailure ?? RequestFailure(.dns, "the host has no address"))
    }
    let address = endpoint.addresses[connection.addressIndex]
    let descriptor = lw_tcp_socket(address.family, true)
    guard descriptor >= 0 else {
      let remedy =
        descriptor == -EMFILE ? "; raise the limit with 'ulimit -n', or send fewer at once (--max-in-flight)" : ""
      return fail(connection, RequestFailure(.refused, "no socket: \(String(cString: strerror(-descriptor)))\(remedy)"))
    }
    connection.open(descriptor)
    let bound = bindSource(connection, address.family)
    guard bound == 0 else { return connectFailed(connection, code: -bound) }
    do {
      try poller.add(connection)
    } catch {
      return fail(connection, RequestFailure(.refused, "\(error)"))
    }
    let result = address.bytes.withUnsafeBytes { bytes in
      lw_connect(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
    }
    if result != 0, result != -EINPROGRESS { connectFailed(connection, code: -result) }
  }

  /// Gives the socket its turn's source address of `family`; an endpoint has no addresses of a family that has none.
  private func bindSource(_ connection: Connection, _ family: Int32) -> Int32 {
    let sources = options.sourceAddresses.filter { $0.family == family }
    return sources.isEmpty ? 0 : sources[connection.index % sources.count].bind(connection.descriptor)
  }

  /// The socket became ready while connecting: connected, or not.
  func finishConnecting(_ connection: Connection) {
    let result = lw_connect_result(connection.descriptor)
    guard result == 0 else { return connectFailed(connection, code: -result) }
    connection.watchesWrites = true
    watch(connection, writes: false)
    guard let tls = endpoint?.tls else { return ready(connection) }
    connection.tls = tls.makeSession(connection.descriptor, host: endpoint?.host ?? "")
    connection.state = .handshaking
    handshake(connection)
  }

  private func connectFailed(_ connection: Connection, code: Int32) {
    let text = String(cString: strerror(code))
    let failure =
      switch code {
      case ETIMEDOUT: RequestFailure(.connectTimeout, text)
      case ECONNREFUSED: RequestFailure(.refused, "connection refused; is the service running?")
      case EADDRNOTAVAIL:
        RequestFailure(.refused, "no free local port; --source-addresses brings more")
      default: RequestFailure(.refused, text)
      }
    connection.close()
    connection.addressIndex += 1
    tryAddress(connection, after: failure)
  }

  func handshake(_ connection: Connection) {
    guard let tls = connection.tls else {
      return fail(connection, RequestFailure(.tls, "TLS could not be set up; a host's name has 253 characters at most"))
    }
    switch Int(lw_tls_handshake(tls)) {
    case 0: ready(connection)
    case Int(LW_TLS_WANT_READ): watch(connection, writes: false)
    case Int(LW_TLS_WANT_WRITE): watch(connection, writes: true)
    default: fail(connection, RequestFailure(.tls, String(cString: lw_tls_error(tls))))
    }
  }

  /// The connection can carry requests.
  private func ready(_ connection: Connection) {
    endConnecting(connection)
    connection.state = .idle
    guard connection.isBusy else { return }
    connection.exchange.connectedAt = now
    startSending(connection)
  }

  /// The connection is made, or will not be.
  func endConnecting(_ connection: Connection) {
    guard connection.isConnecting else { return }
    connection.isConnecting = false
    connecting -= 1
  }

  /// Opens every connection of a closed loop before the run starts. Those that fail are tried again when needed.
  func preconnect() throws {
    guard options.preconnects, endpoint != nil else { return }
    for connection in connections { connect(connection) }
    let deadline = now + options.connectTimeout
    while now < deadline, connections.contains(where: { $0.state == .connecting || $0.state == .handshaking }) {
      try turn(timeout: 10_000_000)
    }
  }
}
