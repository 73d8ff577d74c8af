import Glibc
import LLMPerf

extension Connection {
  /// Whether the connection is being made.
  var isBeingMade: Bool { state == .connecting || state == .handshaking }

  /// A new socket is about to be connected.
  mutating func connectingBegins(at: RunInstant) -> Action {
    state = .connecting
    addressIndex = 0
    served = 0
    awaitsRoom = false
    lastActivity = at
    exchange.connectStartedAt = at
    return .connect
  }

  /// The system has no socket: error number `code`.
  mutating func socketIsMissing(code: Int32, at: RunInstant) -> Action {
    let remedy = code == EMFILE ? "; raise the limit with 'ulimit -n', or send fewer at once (--max-in-flight)" : ""
    return fail(RequestFailure(.refused, "no socket: \(String(cString: strerror(code)))\(remedy)"), at: at)
  }

  /// The address could not be connected to: error number `code`. It was the last where `isLast`.
  mutating func addressFailed(code: Int32, isLast: Bool, at: RunInstant) -> Action {
    guard isLast else {
      addressIndex += 1
      return .connect
    }
    return endpointFailed(Self.failure(of: code), at: at)
  }

  /// There is no address to connect to, or none left.
  mutating func endpointFailed(_ failure: RequestFailure, at: RunInstant) -> Action {
    couldNotConnect = true
    return fail(failure, at: at)
  }

  private static func failure(of code: Int32) -> RequestFailure {
    let text = String(cString: strerror(code))
    return switch code {
    case ETIMEDOUT: RequestFailure(.connectTimeout, text)
    case ECONNREFUSED: RequestFailure(.refused, "connection refused; is the service running?")
    case EADDRNOTAVAIL: RequestFailure(.refused, "no free local port; --source-addresses brings more")
    default: RequestFailure(.refused, text)
    }
  }

  /// The socket is connected; TLS is next, where there is some.
  mutating func connected(isSecure: Bool, at: RunInstant) -> Action {
    guard isSecure else { return ready(at: at) }
    state = .handshaking
    return .shakeHands
  }

  /// What a step of the handshake came to.
  mutating func handshook(_ result: StreamSocket.Handshake, at: RunInstant) -> Action {
    switch result {
    case .done: ready(at: at)
    case .later(let direction): .watch(writes: direction == .writing)
    case .failed(let reason): fail(RequestFailure(.tls, reason), at: at)
    }
  }

  /// The connection can carry requests.
  private mutating func ready(at: RunInstant) -> Action {
    state = .idle
    guard isBusy else { return .watch(writes: false) }
    exchange.connectedAt = at
    return .send
  }
}
