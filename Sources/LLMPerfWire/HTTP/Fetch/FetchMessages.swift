import LLMPerf

/// What is asked of a server beside the load: small, whole in memory.
package struct FetchRequest: Sendable {
  package var method: String
  package var address: HTTPAddress
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(
    _ method: String, _ address: HTTPAddress, headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.method = method
    self.address = address
    self.headers = headers
    self.body = body
  }

  /// The request on the wire.
  func wire() -> [UInt8] {
    var head = "\(method) \(address.target) HTTP/1.1\r\n"
    if !headers.contains(where: { $0.name == "Host" }) { head += "Host: \(address.hostHeader)\r\n" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty || method != "GET" { head += "Content-Length: \(body.count)\r\n" }
    head += "\r\n"
    return Array(head.utf8) + body
  }
}

/// The response to a `FetchRequest`.
package struct FetchResponse: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8] = []

  /// The first header called `name`, in any case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// So much of a service's words stands in messages.
  package static let longestSample = 300

  /// The beginning of the body as one line, for messages.
  package var sample: String {
    String(decoding: body.prefix(Self.longestSample), as: UTF8.self).oneLine(atMost: Self.longestSample)
  }
}

/// Why no response came.
package struct FetchFailure: Error, Sendable, CustomStringConvertible {
  /// What happened, and where, in one line.
  package var description: String

  init(_ description: String) {
    self.description = description
  }
}
