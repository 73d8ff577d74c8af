internal import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfLock

/// A small HTTP/1.1 server on one thread of its own: whole responses, and streams that are written over time.
///
/// Connections are kept alive, bodies may come in chunks. A router's closures run on the server's thread, which they
/// must not block. It serves until `stop()`, also when nobody holds it any longer.
package final class HTTPServer: Sendable {
  /// Where and how a server listens.
  package struct Options: Sendable {
    /// A numeric IPv4 or IPv6 address.
    package var address: String
    /// 0 takes a free port.
    package var port: UInt16
    /// The largest body in bytes.
    package var maximumBody: Int
    /// The most connections at once; further ones are closed at once. What a server has too many of, the process that
    /// it is a part of lacks.
    package var maximumConnections: Int
    /// PEM files of a certificate and its key; nil for plain HTTP.
    package var tls: (certificate: String, key: String)?

    package init(
      address: String = "127.0.0.1", port: UInt16 = 0, maximumBody: Int = 64 << 20, maximumConnections: Int = .max,
      tls: (certificate: String, key: String)? = nil
    ) {
      self.address = address
      self.port = port
      self.maximumBody = maximumBody
      self.maximumConnections = maximumConnections
      self.tls = tls
    }
  }

  private struct Link {
    var isStopped = false
    var waker: Waker?
    var failure: (any Error)?
  }

  /// The port it listens on.
  package let port: UInt16
  /// The address with scheme and port, as a client would write it.
  package let url: String

  private let link: Lock<Link>
  private let thread: Lock<WorkerThread?>

  /// Starts a server. `makeRouter` is called once, on the server's thread.
  ///
  /// - Throws: `UsageError` when the address cannot be listened on or the certificate not be loaded.
  package init(_ options: Options = Options(), makeRouter: @escaping @Sendable (ServerCounters) -> Router) throws {
    let listener = try HTTPServer.listen(options)
    port = UInt16(truncatingIfNeeded: max(0, lw_local_port(listener)))
    let host = options.address.contains(":") ? "[\(options.address)]" : options.address
    url = "\(options.tls == nil ? "http" : "https")://\(host):\(port)"
    link = Lock(Link())
    thread = Lock(nil)
    let ready = Waker()
    let worker = try WorkerThread("http-server") { [self] in
      do {
        let loop = try ServerLoop(
          listener: listener, certificate: options.tls?.certificate, key: options.tls?.key,
          maximumBody: options.maximumBody, maximumConnections: options.maximumConnections)
        let waker = loop.waker
        link.withLock { $0.waker = waker }
        let router = makeRouter(loop.counters)
        ready.signal()
        try loop.run(router) { link.withLock { $0.isStopped } }
      } catch {
        link.withLock { $0.failure = error }
      }
      link.withLock { $0.waker = nil }
      ready.signal()
    }
    thread.withLock { $0 = worker }
    ready.wait()
    if let failure = link.withLock({ $0.failure }) {
      worker.join()
      throw failure
    }
  }

  /// Ends every connection and waits for the thread. Nothing happens the second time.
  ///
  /// - Throws: what ended the server before, if something did.
  package func stop() throws {
    let (waker, failure) = link.withLock { link in
      link.isStopped = true
      return (link.waker, link.failure)
    }
    waker?.signal()
    thread.withLock { $0.take() }?.join()
    if let failure { throw failure }
  }

  private static func listen(_ options: Options) throws -> Int32 {
    _ = lw_raise_descriptor_limit()
    let listener = lw_listen(options.address, options.port, 16384, false)
    guard listener >= 0 else {
      let reason = String(cString: strerror(-listener))
      throw UsageError("cannot listen on \(options.address), port \(options.port): \(reason); give another port")
    }
    return listener
  }
}
