extension APIRequest {
  /// The request as it goes over the wire, and where its body begins. `Accept-Encoding: identity` is sent, since a
  /// compressed stream could not be stamped event by event.
  package func wire(to address: ServiceAddress) -> (bytes: [UInt8], bodyStart: Int) {
    var head = "POST \(path ?? address.path) HTTP/1.1\r\nHost: \(address.hostHeader)\r\n"
    for header in headers where !Self.reserved.contains(header.name.lowercased()) {
      head += "\(header.name): \(header.value)\r\n"
    }
    head += "Accept-Encoding: identity\r\nContent-Length: \(body.count)\r\n\r\n"
    var bytes: [UInt8] = []
    bytes.reserveCapacity(head.utf8.count + body.count)
    bytes += head.utf8
    let bodyStart = bytes.count
    bytes += body
    return (bytes, bodyStart)
  }

  private static let reserved: Set<String> = ["host", "content-length", "transfer-encoding", "accept-encoding"]
}
