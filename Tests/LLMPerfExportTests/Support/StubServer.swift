import LLMPerf
import LLMPerfExport
import LLMPerfWire

/// A server on a free port of loopback that answers by one closure, which may also drop the connection.
final class StubServer: Sendable {
  enum Answer {
    case response(WholeResponse)
    /// The connection is closed without an answer.
    case drop
    /// No answer ever comes.
    case silence
  }

  private let server: HTTPServer

  init(_ respond: @escaping @Sendable (ServerRequest) -> Answer) throws {
    server = try HTTPServer { _ in
      var router = Router()
      router.otherwise { request in
        switch respond(request) {
        case .response(let response): .whole(response)
        case .drop: .stream(Step(.cut))
        case .silence: .stream(Step(.parked))
        }
      }
      return router
    }
  }

  var url: String { server.url }

  func stop() { try? server.stop() }

  private final class Step: ResponseStream {
    private let step: StreamStep
    init(_ step: StreamStep) { self.step = step }
    func advance(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep { step }
  }
}
