internal import CLLMPerfWire
import Glibc
import LLMPerf

/// A TCP socket that never blocks, plain or under TLS: what its calls come to, in one shape for both. Whoever has it closes
/// it.
struct StreamSocket {
  /// What must become possible before a call is worth another try.
  enum Direction {
    case reading
    case writing
  }

  /// What one attempt to read or write came to.
  enum Transfer {
    case bytes(Int, stamp: Int64)
    case later(Direction)
    case end
    case failed(String)
  }

  /// What a step of a TLS handshake came to.
  enum Handshake {
    case done
    case later(Direction)
    case failed(String)
  }

  private(set) var descriptor: Int32
  private var tls: OpaquePointer?

  /// The socket behind `descriptor`; none, where it is left out.
  init(_ descriptor: Int32 = -1) {
    self.descriptor = descriptor
  }

  /// A new socket of an address family; with the kernel's receive stamps where it is `stamped`.
  ///
  /// - Throws: `SystemError` when the system has none left.
  init(family: Int32, stamped: Bool) throws(SystemError) {
    descriptor = lw_tcp_socket(family, stamped)
    if descriptor < 0 { throw SystemError(-descriptor, "socket") }
  }

  var isSecure: Bool { tls != nil }

  /// Begins to connect: 0 when that is done, `EINPROGRESS` or another error number.
  func connect(to address: NetworkAddress) -> Int32 {
    address.bytes.withUnsafeBytes { bytes in
      -lw_connect(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
    }
  }

  /// What became of connecting: 0 or an error number.
  var connectResult: Int32 { -lw_connect_result(descriptor) }

  /// Puts TLS on the socket: as a client of `host`, or as the server where that is nil. False when memory is short, or no
  /// certificate could be for `host`.
  mutating func secure(by context: TLSContext, host: String?) -> Bool {
    tls = context.makeSession(descriptor, host: host)
    return tls != nil
  }

  /// Goes on with the handshake.
  func shakeHands() -> Handshake {
    guard let tls else { return .done }
    switch lw_tls_handshake(tls) {
    case 0: return .done
    case Int32(LW_TLS_WANT_READ): return .later(.reading)
    case Int32(LW_TLS_WANT_WRITE): return .later(.writing)
    default: return .failed(String(cString: lw_tls_error(tls)))
    }
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard let base = bytes.baseAddress else { return .bytes(0, stamp: 0) }
    let count =
      if let tls { lw_tls_send(tls, base, bytes.count) } else { lw_send(descriptor, base, bytes.count) }
    return transfer(count, stamp: 0, .writing)
  }

  /// Reads what there is, as far as `buffer` goes. The stamp is the kernel's, of the last segment; 0 where there is none.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    let received =
      if let tls {
        lw_tls_receive(tls, buffer.baseAddress, buffer.count)
      } else {
        lw_receive(descriptor, buffer.baseAddress, buffer.count)
      }
    return transfer(received.count, stamp: received.stamp, .reading)
  }

  /// Whether TLS holds bytes that it has taken from the socket, of which a poller tells nothing any more.
  var holdsUnread: Bool { tls.map(lw_tls_has_unread) ?? false }

  /// Bytes that were written and that the peer's machine has not taken.
  var unacknowledged: Int { Int(lw_unacknowledged(descriptor)) }

  /// Closes the socket; with `reset`, without waiting for the peer. Nothing happens the second time.
  mutating func close(reset: Bool = false) {
    if let tls { lw_tls_free(tls) }
    if descriptor >= 0 {
      if reset { lw_close_reset(descriptor) } else { lw_close(descriptor) }
    }
    self = StreamSocket()
  }

  private func transfer(_ count: Int64, stamp: Int64, _ direction: Direction) -> Transfer {
    if count > 0 { return .bytes(Int(count), stamp: stamp) }
    switch Int32(count) {
    case -EAGAIN: return .later(direction)
    case Int32(LW_TLS_WANT_READ): return .later(.reading)
    case Int32(LW_TLS_WANT_WRITE): return .later(.writing)
    case Int32(LW_TLS_FAILED): return .failed(tls.map { String(cString: lw_tls_error($0)) } ?? "TLS failed")
    case 0: return .end
    default: return .failed(String(cString: strerror(Int32(-count))))
    }
  }
}
