import CLLMPerfWire
import LLMPerf

/// Sends requests one after the other, over connections that it keeps. Blocking; belongs to one thread.
///
/// It neither repeats a request nor follows redirects nor uses proxies: whoever calls knows what may be repeated.
final class HTTPClient {
  private struct Origin: Hashable {
    var host: String
    var port: UInt16
    var isSecure: Bool
  }

  private let connectTimeout: Int64
  private let timeout: Int64
  private var connections: [Origin: HTTPConnection] = [:]
  private var context: OpaquePointer?

  /// A client that gives up connecting after `connectTimeout`, and a whole exchange after `timeout`.
  init(connectTimeout: Duration = .seconds(10), timeout: Duration = .seconds(30)) {
    self.connectTimeout = connectTimeout.wholeNanoseconds
    self.timeout = timeout.wholeNanoseconds
  }

  deinit {
    connections.removeAll()
    if let context { lw_tls_context_free(context) }
  }

  /// Sends `request` and reads the whole response, whatever its status.
  ///
  /// - Throws: `HTTPFailure` when no whole response came; the request may have taken effect all the same.
  func send(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
    let address = request.address
    let origin = Origin(host: address.host, port: address.port, isSecure: address.isSecure)
    let deadline = lw_monotonic() + timeout
    let kept = connections.removeValue(forKey: origin)
    let connection: HTTPConnection
    if let kept, !kept.isStale {
      connection = kept
    } else {
      connection = try HTTPConnection(
        address, context: address.isSecure ? try tlsContext() : nil,
        deadline: lw_monotonic() + min(connectTimeout, timeout))
    }
    do throws(HTTPFailure) {
      try connection.write(request.wire(), deadline: deadline)
      var parser = HTTPResponseParser(method: request.method)
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      while !parser.isComplete {
        let count = try connection.read(into: &buffer, deadline: deadline)
        if count == 0 { try parser.end() } else { try parser.feed(buffer[..<count]) }
      }
      if parser.keepsAlive { connections[origin] = connection }
      return parser.response
    } catch {
      throw HTTPFailure("\(address.origin): \(error)")
    }
  }

  private func tlsContext() throws(HTTPFailure) -> OpaquePointer {
    if let context { return context }
    var error = [CChar](repeating: 0, count: 256)
    guard let made = lw_tls_client_context(true, nil, &error, error.count) else {
      throw HTTPFailure(
        "TLS: " + String(decoding: error.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    context = made
    return made
  }
}
