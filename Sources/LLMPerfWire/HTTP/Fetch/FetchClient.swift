internal import CLLMPerfWire
import LLMPerf

/// Fetches pages and posts bodies, one after the other, over connections that it keeps: for all that talks HTTP beside the
/// load itself. Blocking; belongs to one thread.
///
/// It neither repeats a request nor follows redirects nor uses proxies: whoever calls knows what may be repeated, and where
/// a login may go.
package final class FetchClient {
  private struct Origin: Hashable {
    var host: String
    var port: UInt16
    var isSecure: Bool
  }

  private let connectTimeout: Int64
  private let timeout: Int64
  private let longestBody: Int
  private var connections: [Origin: FetchConnection] = [:]
  private var context: TLSContext?

  /// A client that gives up connecting after `connectTimeout`, a whole exchange after `timeout`, and a response whose body
  /// is longer than `longestBody`.
  package init(
    connectTimeout: Duration = .seconds(10), timeout: Duration = .seconds(30), longestBody: Int = 256 << 20
  ) {
    self.connectTimeout = connectTimeout.wholeNanoseconds
    self.timeout = timeout.wholeNanoseconds
    self.longestBody = longestBody
  }

  /// Sends `request` and reads the whole response, whatever its status.
  ///
  /// - Throws: `FetchFailure` when no whole response came; the request may have taken effect all the same.
  package func send(_ request: FetchRequest) throws(FetchFailure) -> FetchResponse {
    let address = request.address
    let origin = Origin(host: address.host, port: address.port, isSecure: address.isSecure)
    let deadline = lw_monotonic() + timeout
    let kept = connections.removeValue(forKey: origin)
    let connection: FetchConnection
    if let kept, !kept.isStale {
      connection = kept
    } else {
      connection = try FetchConnection(
        address, context: address.isSecure ? try tlsContext() : nil,
        deadline: lw_monotonic() + min(connectTimeout, timeout))
    }
    do throws(FetchFailure) {
      try connection.write(request.wire(), deadline: deadline)
      var reading = FetchReading(method: request.method, longestBody: longestBody)
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      while !reading.isComplete {
        let count = try connection.read(into: &buffer, deadline: deadline)
        if count == 0 { try reading.end() } else { try reading.feed(buffer[..<count]) }
      }
      if reading.keepsAlive { connections[origin] = connection }
      return reading.response
    } catch {
      throw FetchFailure("\(address.origin): \(error)")
    }
  }

  private func tlsContext() throws(FetchFailure) -> TLSContext {
    if let context { return context }
    do throws(TLSContext.Failure) {
      let made = try TLSContext()
      context = made
      return made
    } catch {
      throw FetchFailure("TLS: \(error.reason)")
    }
  }
}
