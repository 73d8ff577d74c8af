import CLLMPerfWire
import Glibc

/// One connection to a server, plain or TLS. Blocking, with a deadline on each call; belongs to one thread.
final class HTTPConnection {
  private let descriptor: Int32
  private var tls: OpaquePointer?

  /// Connects to `address`, trying each of its numeric addresses in turn.
  ///
  /// - Parameters:
  ///   - context: The TLS context; nil for a plain connection.
  ///   - deadline: The instant of the system's monotonic clock at which to give up.
  init(_ address: HTTPAddress, context: OpaquePointer?, deadline: Int64) throws(HTTPFailure) {
    descriptor = try Self.connect(address, deadline: deadline)
    guard let context else { return }
    tls = lw_tls_new(context, descriptor, address.host)
    guard let tls else { throw HTTPFailure("\(address.origin): TLS could not be set up") }
    while true {
      let result = lw_tls_handshake(tls)
      if result == 0 { return }
      guard result != LW_TLS_FAILED.rawValue32 else {
        throw HTTPFailure("\(address.origin): TLS failed: \(String(cString: lw_tls_error(tls)))")
      }
      try wait(writable: result == LW_TLS_WANT_WRITE.rawValue32, deadline: deadline)
    }
  }

  deinit {
    if let tls { lw_tls_free(tls) }
    lw_close(descriptor)
  }

  /// Whether the server has closed the connection, or sent what nobody asked for.
  var isStale: Bool { lw_wait(descriptor, false, 0) != 0 || tls.map(lw_tls_has_unread) ?? false }

  /// Writes all of `bytes`.
  func write(_ bytes: [UInt8], deadline: Int64) throws(HTTPFailure) {
    var offset = 0
    while offset < bytes.count {
      let sent = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[offset...])
        return tls.map { lw_tls_send($0, rest.baseAddress, rest.count) }
          ?? lw_send(descriptor, rest.baseAddress, rest.count)
      }
      if sent > 0 {
        offset += Int(sent)
      } else {
        try waitAfter(sent, writing: true, deadline: deadline)
      }
    }
  }

  /// Reads into `buffer`; returns the number of bytes, 0 at the end of the connection.
  func read(into buffer: inout [UInt8], deadline: Int64) throws(HTTPFailure) -> Int {
    while true {
      let result = buffer.withUnsafeMutableBytes { buffer in
        tls.map { lw_tls_receive($0, buffer.baseAddress, buffer.count) }
          ?? lw_receive(descriptor, buffer.baseAddress, buffer.count)
      }
      if result.count >= 0 { return Int(result.count) }
      try waitAfter(result.count, writing: false, deadline: deadline)
    }
  }

  private func waitAfter(_ result: Int64, writing: Bool, deadline: Int64) throws(HTTPFailure) {
    switch result {
    case Int64(-EAGAIN): try wait(writable: writing, deadline: deadline)
    case Int64(LW_TLS_WANT_READ.rawValue32): try wait(writable: false, deadline: deadline)
    case Int64(LW_TLS_WANT_WRITE.rawValue32): try wait(writable: true, deadline: deadline)
    case Int64(LW_TLS_FAILED.rawValue32):
      throw HTTPFailure(tls.map { String(cString: lw_tls_error($0)) } ?? "TLS failed")
    default: throw HTTPFailure(result == 0 ? "the connection closed" : String(cString: strerror(Int32(-result))))
    }
  }

  private func wait(writable: Bool, deadline: Int64) throws(HTTPFailure) {
    try Self.wait(descriptor, writable: writable, deadline: deadline)
  }

  private static func wait(_ descriptor: Int32, writable: Bool, deadline: Int64) throws(HTTPFailure) {
    let left = deadline - lw_monotonic()
    guard left > 0 else { throw HTTPFailure("no answer in time") }
    let result = lw_wait(descriptor, writable, left)
    if result < 0 { throw HTTPFailure(String(cString: strerror(-result))) }
  }

  private static func connect(_ address: HTTPAddress, deadline: Int64) throws(HTTPFailure) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_family = AF_UNSPEC
    var list: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(address.host, String(address.port), &hints, &list)
    guard result == 0, let first = list else {
      throw HTTPFailure("\(address.host): \(String(cString: gai_strerror(result)))")
    }
    defer { freeaddrinfo(first) }
    var why = HTTPFailure("\(address.origin): no address")
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let candidate = next {
      do throws(HTTPFailure) {
        return try connect(candidate.pointee, deadline: deadline)
      } catch {
        why = HTTPFailure("\(address.origin): \(error)")
      }
      next = candidate.pointee.ai_next
    }
    throw why
  }

  private static func connect(_ candidate: addrinfo, deadline: Int64) throws(HTTPFailure) -> Int32 {
    let descriptor = lw_tcp_socket(candidate.ai_family, false)
    guard descriptor >= 0 else { throw HTTPFailure(String(cString: strerror(-descriptor))) }
    do throws(HTTPFailure) {
      var result = lw_connect(descriptor, candidate.ai_addr, candidate.ai_addrlen)
      if result == -EINPROGRESS {
        try wait(descriptor, writable: true, deadline: deadline)
        result = lw_connect_result(descriptor)
      }
      guard result == 0 else { throw HTTPFailure(String(cString: strerror(-result))) }
      return descriptor
    } catch {
      lw_close(descriptor)
      throw error
    }
  }
}

extension Int {
  /// The imported constants are `Int`, the results they are compared with 32 bits wide.
  fileprivate var rawValue32: Int32 { Int32(truncatingIfNeeded: self) }
}
