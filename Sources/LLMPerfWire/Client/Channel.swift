internal import CLLMPerfWire
import Glibc
import LLMPerf

/// A connection of a loop with its socket, and what the loop's poller and timers know of it. Belongs to the loop's thread.
final class Channel {
  /// Its place among its loop's. In a closed loop: the slot.
  let index: Int
  var connection = Connection()
  private(set) var socket = StreamSocket()
  /// Names the socket in the poller; grows with each, so that events of a closed one are told apart.
  private(set) var generation: UInt32 = 0
  /// Whether the poller watches for room to write.
  var watchesWrites = false
  /// Whether it is among those that the loop looks at first.
  var isUrgent = true
  /// Whether the loop counts it among those that are being made.
  var isCounted = false
  /// Whether a timer stands for it.
  var isTimed = false
  /// Since when it has waited for a request, as a slot of a closed loop.
  var freeSince = RunInstant.start

  init(index: Int) {
    self.index = index
  }

  deinit {
    socket.close()
  }

  /// The poller's name for the socket.
  var token: UInt64 { UInt64(generation) << 32 | UInt64(index) }

  /// What the poller is to watch the socket for.
  var awaitedReadiness: Poller.Readiness { watchesWrites ? [.readable, .writable] : .readable }

  /// Takes a new socket, which is about to connect.
  func open(_ socket: StreamSocket) {
    self.socket = socket
    // That it is connected shows when there is room to write.
    watchesWrites = true
  }

  /// Puts TLS on the socket; false when that cannot be done.
  func secure(by context: TLSContext, host: String) -> Bool { socket.secure(by: context, host: host) }

  /// Writes what is left of the request, as far as there is room.
  func writeRest() -> StreamSocket.Transfer {
    let offset = connection.sent
    return connection.exchange.request.wire.withUnsafeBytes { bytes in
      socket.send(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
    }
  }

  /// Closes the socket; with `reset`, without waiting for the peer.
  func close(reset: Bool = false) {
    socket.close(reset: reset)
    watchesWrites = false
    generation &+= 1
  }
}
