internal import CLLMPerfWire
import Glibc
import LLMPerf

/// One connection to a server, plain or TLS. Blocking, with a deadline on each call; belongs to one thread.
final class FetchConnection {
  private var socket: StreamSocket

  /// Connects to `address`, trying each of its numeric addresses in turn.
  ///
  /// - Parameters:
  ///   - context: The TLS settings; nil for a plain connection.
  ///   - deadline: The instant of the system's monotonic clock at which to give up.
  init(_ address: HTTPAddress, context: TLSContext?, deadline: Int64) throws(FetchFailure) {
    socket = try Self.connect(address, deadline: deadline)
    guard let context else { return }
    guard socket.secure(by: context, host: address.host) else {
      throw FetchFailure("\(address.origin): TLS could not be set up")
    }
    while true {
      switch socket.shakeHands() {
      case .done: return
      case .later(let direction): try Self.wait(socket, direction, deadline: deadline)
      case .failed(let reason): throw FetchFailure("\(address.origin): TLS failed: \(reason)")
      }
    }
  }

  deinit {
    socket.close()
  }

  /// Whether the server has closed the connection, or sent what nobody asked for.
  var isStale: Bool { lw_wait(socket.descriptor, false, 0) != 0 || socket.holdsUnread }

  /// Writes all of `bytes`.
  func write(_ bytes: [UInt8], deadline: Int64) throws(FetchFailure) {
    var offset = 0
    while offset < bytes.count {
      let sent = bytes.withUnsafeBytes { socket.send(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
      switch sent {
      case .bytes(let count, _): offset += count
      case .later(let direction): try Self.wait(socket, direction, deadline: deadline)
      case .end: throw FetchFailure("the connection closed")
      case .failed(let reason): throw FetchFailure(reason)
      }
    }
  }

  /// Reads into `buffer`; returns the number of bytes, 0 at the end of the connection.
  func read(into buffer: inout [UInt8], deadline: Int64) throws(FetchFailure) -> Int {
    while true {
      switch buffer.withUnsafeMutableBytes({ socket.receive(into: $0) }) {
      case .bytes(let count, _): return count
      case .later(let direction): try Self.wait(socket, direction, deadline: deadline)
      case .end: return 0
      case .failed(let reason): throw FetchFailure(reason)
      }
    }
  }

  private static func wait(
    _ socket: StreamSocket, _ direction: StreamSocket.Direction, deadline: Int64
  ) throws(FetchFailure) {
    let left = deadline - lw_monotonic()
    guard left > 0 else { throw FetchFailure("no answer in time") }
    let result = lw_wait(socket.descriptor, direction == .writing, left)
    if result < 0 { throw FetchFailure(String(cString: strerror(-result))) }
  }

  private static func connect(_ address: HTTPAddress, deadline: Int64) throws(FetchFailure) -> StreamSocket {
    let candidates: [NetworkAddress]
    do throws(NetworkAddress.Failure) {
      candidates = try NetworkAddress.resolve(address.host, port: address.port)
    } catch {
      throw FetchFailure("\(address.host): \(error.reason)")
    }
    var why = FetchFailure("no address")
    for candidate in candidates {
      do throws(FetchFailure) {
        return try connect(candidate, deadline: deadline)
      } catch {
        why = error
      }
    }
    throw FetchFailure("\(address.origin): \(why)")
  }

  private static func connect(_ candidate: NetworkAddress, deadline: Int64) throws(FetchFailure) -> StreamSocket {
    var socket: StreamSocket
    do throws(SystemError) {
      socket = try StreamSocket(family: candidate.family, stamped: false)
    } catch {
      throw FetchFailure(String(cString: strerror(error.code)))
    }
    do throws(FetchFailure) {
      var result = socket.connect(to: candidate)
      if result == EINPROGRESS {
        try wait(socket, .writing, deadline: deadline)
        result = socket.connectResult
      }
      guard result == 0 else { throw FetchFailure(String(cString: strerror(result))) }
      return socket
    } catch {
      socket.close()
      throw error
    }
  }
}
