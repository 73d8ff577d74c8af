extension APIRequest {
  /// The request as it goes over the wire, and where its body begins. `Accept-Encoding: identity` is sent, since a
  /// compressed stream could not be stamped event by event.
  package func wire(to address: ServiceAddress) -> (bytes: [UInt8], bodyStart: Int) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.usualHead + body.count)
    bytes += "POST ".utf8
    bytes += (path ?? address.path).utf8
    bytes += " HTTP/1.1\r\nHost: ".utf8
    bytes += address.hostHeader.utf8
    bytes += "\r\n".utf8
    for header in headers where !Self.isReserved(header.name) {
      bytes += header.name.utf8
      bytes += ": ".utf8
      bytes += header.value.utf8
      bytes += "\r\n".utf8
    }
    bytes += "Accept-Encoding: identity\r\nContent-Length: ".utf8
    bytes += String(body.count).utf8
    bytes += "\r\n\r\n".utf8
    let bodyStart = bytes.count
    bytes += body
    return (bytes, bodyStart)
  }

  /// Room for most heads.
  private static let usualHead = 512

  private static let reserved = ["host", "content-length", "transfer-encoding", "accept-encoding"]

  /// Whether the transport writes the field itself, in whatever case its name is given.
  private static func isReserved(_ name: String) -> Bool {
    reserved.contains { word in
      word.utf8.count == name.utf8.count && zip(word.utf8, name.utf8).allSatisfy { $0 == $1 | 0x20 }
    }
  }
}
