import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfLock

/// A port that answers whatever it is asked by the same bytes, and ends the connection.
final class AnsweringPort: Sendable {
  let port: UInt16
  private let listener: Int32
  private let current = Lock<[UInt8]>([])
  private let isStopped = Lock(false)

  init() throws {
    listener = lw_listen("127.0.0.1", 0, 128, false)
    guard listener >= 0 else { throw SystemError(-listener, "listen") }
    port = UInt16(lw_local_port(listener))
    _ = try WorkerThread("answers") { [self] in serve() }
  }

  /// What it answers.
  var answer: [UInt8] {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }

  func stop() { isStopped.withLock { $0 = true } }

  private func serve() {
    while !isStopped.withLock({ $0 }) {
      guard lw_wait(listener, false, 100_000_000) == 1 else { continue }
      let socket = lw_accept(listener, false)
      guard socket >= 0 else { continue }
      // The request comes in one piece; what it says does not matter.
      if lw_wait(socket, false, 1_000_000_000) == 1 {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        _ = lw_receive(socket, &buffer, buffer.count)
        let bytes = answer
        _ = bytes.withUnsafeBytes { lw_send(socket, $0.baseAddress, $0.count) }
      }
      lw_close(socket)
    }
  }
}
