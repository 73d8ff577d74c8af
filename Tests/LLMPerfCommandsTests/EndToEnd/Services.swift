import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// A port on which nobody answers, but that knows how often it was called.
final class SilentPort {
  private let listener: Int32
  let port: Int32

  init() throws {
    listener = lw_listen("127.0.0.1", 0, 128, false)
    guard listener >= 0 else { throw SystemError(-listener, "listen") }
    port = lw_local_port(listener)
  }

  deinit {
    lw_close(listener)
  }

  var address: String { "127.0.0.1:\(port)" }

  /// Whether somebody has connected and waits to be taken.
  var holdsConnection: Bool {
    var watched = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, 0) == 1
  }

  /// Connections since the last time it was asked.
  func takeConnections() -> Int {
    var count = 0
    while case let descriptor = lw_accept(listener, false), descriptor >= 0 {
      lw_close(descriptor)
      count += 1
    }
    return count
  }
}

/// A service that answers at once and remembers what it was asked.
final class EchoService: Sendable {
  private let server: HTTPServer
  private let asked: Asked

  private final class Asked: Sendable {
    let requests = Lock<[ServerRequest]>([])
  }

  /// A service that answers with `status`, and that does nothing at all for `stall` when its 50th request comes.
  init(status: Int = 200, stall: Duration = .zero) throws {
    let asked = Asked()
    self.asked = asked
    let answer =
      #"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
    server = try HTTPServer { _ in
      var router = Router()
      router.otherwise { request in
        let count = asked.requests.withLock { requests in
          requests.append(request)
          return requests.count
        }
        if count == 50, stall > .zero { usleep(UInt32(stall.inSeconds * 1e6)) }
        return .whole(.json(Array(answer.utf8), status: status))
      }
      return router
    }
  }

  deinit {
    try? server.stop()
  }

  var url: String { server.url }

  var requests: [ServerRequest] { asked.requests.withLock { $0 } }

  /// The bodies of what it was asked.
  var bodies: [JSON] { requests.compactMap { try? JSON(parsing: $0.body) } }
}
