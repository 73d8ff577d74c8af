internal import CLLMPerfWire

/// One accepted connection: its socket, what was read and not yet used, what was written and not yet sent. It belongs to
/// the server's thread.
final class ServerConnection {
  let socket: Int32
  let token: UInt64
  var parser: HTTPRequestParser

  /// The response that is being written over time, and its handle.
  var stream: (any ResponseStream)?
  var handle: StreamHandle?
  var isHTTP11 = true
  var keepsAlive = true
  var bodyIsOpen = false
  /// The timer that counts; earlier ones in the heap have another number.
  var timer: UInt32 = 0
  var isReady = false
  /// The stream was due while the client was not taking what it had.
  var waitsForRoom = false
  var isDead = false
  var isHandshaking: Bool
  var wantsWritable = false
  /// Its bytes were not a request; it is closed as soon as it has been told so.
  var isRefused = false
  /// Bytes that came after that.
  var drained = 0

  private unowned let loop: ServerLoop
  private let tls: OpaquePointer?
  private var unsent: [UInt8] = []
  private var unsentOffset = 0

  init(socket: Int32, token: UInt64, tls: OpaquePointer?, parser: HTTPRequestParser, loop: ServerLoop) {
    self.socket = socket
    self.token = token
    self.tls = tls
    self.parser = parser
    self.loop = loop
    isHandshaking = tls != nil
  }

  deinit {
    if let tls { lw_tls_free(tls) }
  }

  /// Bytes that the socket has not taken yet.
  var backlog: Int { unsent.count - unsentOffset }

  /// Sets the stream's next call, if `handle` is the running response's.
  func schedule(_ handle: StreamHandle, at instant: Int64) {
    guard self.handle === handle, !isDead else { return }
    loop.schedule(self, at: instant)
  }

  enum Progress { case done, blocked, failed }

  /// What a handshake came to.
  enum Handshake { case done, wantsRead, wantsWrite, failed }

  /// Continues the TLS handshake.
  func handshake() -> Handshake {
    guard isHandshaking, let tls else { return .done }
    switch lw_tls_handshake(tls) {
    case 0:
      isHandshaking = false
      return .done
    case Int32(LW_TLS_WANT_READ): return .wantsRead
    case Int32(LW_TLS_WANT_WRITE): return .wantsWrite
    default: return .failed
    }
  }

  /// Whether there is more to read although a read left room in its buffer: TLS hands out one record at a time, and holds
  /// others that it has taken from the socket.
  var holdsUnread: Bool { tls.map(lw_tls_has_unread) ?? false }

  func receive(_ buffer: UnsafeMutableRawBufferPointer) -> lw_received {
    if let tls { return lw_tls_receive(tls, buffer.baseAddress, buffer.count) }
    return lw_receive(socket, buffer.baseAddress, buffer.count)
  }

  /// Sends `bytes`, or keeps what the socket does not take now.
  func send(_ bytes: [UInt8]) -> Progress {
    guard backlog == 0 else {
      unsent.append(contentsOf: bytes)
      return .blocked
    }
    let sent = bytes.withUnsafeBytes { sendAll($0) }
    guard sent >= 0 else { return .failed }
    if sent == bytes.count { return .done }
    unsent.append(contentsOf: bytes[sent...])
    return .blocked
  }

  /// Sends what was kept.
  func flush() -> Progress {
    let sent = unsent.withUnsafeBytes { sendAll(UnsafeRawBufferPointer(rebasing: $0[unsentOffset...])) }
    guard sent >= 0 else { return .failed }
    unsentOffset += sent
    if backlog > 0 { return .blocked }
    unsent = []
    unsentOffset = 0
    return .done
  }

  /// Sends until all is sent or the socket is full; -1 when the connection is gone.
  private func sendAll(_ bytes: UnsafeRawBufferPointer) -> Int {
    var offset = 0
    while offset < bytes.count, let base = bytes.baseAddress {
      let rest = bytes.count - offset
      let count = tls.map { lw_tls_send($0, base + offset, rest) } ?? lw_send(socket, base + offset, rest)
      if count > 0 {
        offset += Int(count)
        // A plain socket that took less than all is full; asking again would only say so.
        if tls == nil { break }
      } else if count == ServerConnection.wouldBlock || count == Int64(LW_TLS_WANT_WRITE)
        || count == Int64(LW_TLS_WANT_READ)
      {
        break
      } else {
        return -1
      }
    }
    return offset
  }

  /// -EAGAIN, which Linux never changes.
  static let wouldBlock: Int64 = -11
}
