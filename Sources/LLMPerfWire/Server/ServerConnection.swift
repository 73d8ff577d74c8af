/// One accepted connection: its socket, what was read and not yet used, what was written and not yet sent. It belongs to
/// the server's thread.
final class ServerConnection {
  private(set) var socket: StreamSocket
  let token: UInt64
  var parser: RequestParser

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
  private var unsent: [UInt8] = []
  private var unsentOffset = 0

  init(socket: StreamSocket, token: UInt64, parser: RequestParser, loop: ServerLoop) {
    self.socket = socket
    self.token = token
    self.parser = parser
    self.loop = loop
    isHandshaking = socket.isSecure
  }

  /// Bytes that the socket has not taken yet.
  var backlog: Int { unsent.count - unsentOffset }

  /// Sets the stream's next call, if `handle` is the running response's.
  func schedule(_ handle: StreamHandle, at instant: Int64) {
    guard self.handle === handle, !isDead else { return }
    loop.schedule(self, at: instant)
  }

  enum Progress { case done, blocked, failed }

  /// Goes on with the TLS handshake.
  func shakeHands() -> StreamSocket.Handshake {
    let result = socket.shakeHands()
    if case .done = result { isHandshaking = false }
    return result
  }

  /// Whether there is more to read although a read left room in its buffer: TLS hands out one record at a time, and holds
  /// others that it has taken from the socket.
  var holdsUnread: Bool { socket.holdsUnread }

  func receive(_ buffer: UnsafeMutableRawBufferPointer) -> StreamSocket.Transfer { socket.receive(into: buffer) }

  /// Closes the socket; with `reset`, without waiting for the client.
  func close(reset: Bool) {
    isDead = true
    socket.close(reset: reset)
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
    while offset < bytes.count {
      switch socket.send(UnsafeRawBufferPointer(rebasing: bytes[offset...])) {
      case .bytes(let count, _):
        offset += count
        // A plain socket that took less than all is full; asking again would only say so.
        if !socket.isSecure { return offset }
      case .later: return offset
      case .end, .failed: return -1
      }
    }
    return offset
  }
}
