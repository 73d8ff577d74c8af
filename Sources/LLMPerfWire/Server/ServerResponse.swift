/// How a route answers: at once and whole, or over time.
package enum ServerResponse {
  case whole(WholeResponse)
  case stream(any ResponseStream)
}

/// A response that is complete when it begins.
package struct WholeResponse: Sendable, Hashable {
  package var status: Int
  package var contentType: String
  /// Further header lines; `Content-Length` and `Connection` are the server's.
  package var headers: [Header]
  package var body: [UInt8]

  /// One header line.
  package struct Header: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package init(status: Int = 200, contentType: String, headers: [Header] = [], body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  /// Text in UTF-8.
  package static func text(
    _ text: String, status: Int = 200, contentType: String = "text/plain; charset=utf-8"
  ) -> WholeResponse {
    WholeResponse(status: status, contentType: contentType, body: Array(text.utf8))
  }

  /// JSON text.
  package static func json(_ body: [UInt8], status: Int = 200, headers: [Header] = []) -> WholeResponse {
    WholeResponse(status: status, contentType: "application/json", headers: headers, body: body)
  }
}

/// A response that is written over time. All calls come on the server's thread.
package protocol ResponseStream: AnyObject {
  /// Called once before the first `advance`; `handle` wakes a stream that has parked itself.
  func begin(_ handle: StreamHandle)

  /// Writes what is due at `now` (nanoseconds of CLOCK_MONOTONIC), and says when to call again.
  func advance(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep

  /// The response is over: finished, ended by the stream, or left by the client (`isAborted`).
  func ended(isAborted: Bool)
}

extension ResponseStream {
  package func begin(_ handle: StreamHandle) {}
  package func ended(isAborted: Bool) {}
}

/// What a stream wants next.
package enum StreamStep: Sendable, Hashable {
  /// A call at this instant of CLOCK_MONOTONIC, in nanoseconds. An instant that has passed means as soon as possible.
  case at(Int64)
  /// A call after the other streams have had a turn.
  case soon
  /// No call until `StreamHandle.schedule(at:)`.
  case parked
  /// The response is complete.
  case finished
  /// The connection is closed as it is, without the body's proper end.
  case cut
  /// The connection is reset; what was written in this call is thrown away.
  case reset
}

/// Schedules a stream from outside its own calls, on the server's thread only.
package final class StreamHandle {
  private weak var connection: ServerConnection?

  init(_ connection: ServerConnection) {
    self.connection = connection
  }

  /// Calls the stream at this instant of CLOCK_MONOTONIC. Nothing happens when its response is over.
  package func schedule(at instant: Int64) {
    connection?.schedule(self, at: instant)
  }
}
