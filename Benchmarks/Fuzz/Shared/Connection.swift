import CLLMPerfWire
import Glibc

/// A client's connection to a port of loopback. Whatever goes wrong ends it.
package final class Connection {
  private let descriptor: Int32
  /// Whether the server has ended it.
  package private(set) var hasEnded = false

  package init(port: UInt16) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 { hasEnded = true }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit { close(descriptor) }

  /// Sends as much as the other side takes within three seconds.
  package func send(_ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      let sent = bytes[offset...].withUnsafeBytes { lw_send(descriptor, $0.baseAddress, $0.count) }
      if sent > 0 {
        offset += Int(sent)
      } else if sent != Int64(-EAGAIN) || lw_wait(descriptor, true, 3_000_000_000) != 1 {
        return
      }
    }
  }

  /// Sends nothing more.
  package func finish() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// What comes until the other side ends the connection, or the time is over.
  package func readToEnd(milliseconds: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let end = lw_monotonic() + Int64(milliseconds) * 1_000_000
    while !hasEnded {
      let received = buffer.withUnsafeMutableBytes { lw_receive(descriptor, $0.baseAddress, $0.count) }
      if received.count > 0 {
        bytes += buffer[..<Int(received.count)]
      } else if received.count != Int64(-EAGAIN) {
        hasEnded = true
      } else if lw_monotonic() > end || lw_wait(descriptor, false, end - lw_monotonic()) != 1 {
        return bytes
      }
    }
    return bytes
  }
}
