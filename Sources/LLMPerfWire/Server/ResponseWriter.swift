/// Where responses are written: the bytes of one turn of one connection, sent when the turn ends.
package struct ResponseWriter {
  /// The bytes of this turn. Written to directly between `openChunk` and `closeChunk`.
  package var bytes: [UInt8] = []
  /// Whether the body is cut into chunks; else it ends with the connection.
  package private(set) var isChunked = false
  private var isHTTP11 = true
  private(set) var keepsAlive = true
  /// Whether the body's end needs a mark.
  private(set) var isOpen = false

  init() {
    bytes.reserveCapacity(1 << 16)
  }

  mutating func start(isHTTP11: Bool, keepsAlive: Bool, isOpen: Bool) {
    bytes.removeAll(keepingCapacity: true)
    self.isHTTP11 = isHTTP11
    self.keepsAlive = keepsAlive
    self.isOpen = isOpen
    isChunked = isOpen && isHTTP11
  }

  /// Writes a whole response.
  package mutating func respond(_ response: WholeResponse) {
    respond(response, promising: response.body.count)
  }

  /// Writes a response whose header promises `length` bytes, whatever there are: for the study of broken services.
  package mutating func respond(_ response: WholeResponse, promising length: Int) {
    head(response.status, response.contentType, response.headers)
    append("Content-Length: ")
    ResponseWriter.append(length, to: &bytes)
    append("\r\n\r\n")
    bytes.append(contentsOf: response.body)
  }

  /// Writes the head of a body that comes over time.
  package mutating func beginBody(status: Int = 200, contentType: String, headers: [WholeResponse.Header] = []) {
    isOpen = true
    isChunked = isHTTP11
    if !isHTTP11 { keepsAlive = false }
    head(status, contentType, headers)
    append(isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n")
  }

  /// Begins a chunk of the body: what is appended to `bytes` until `closeChunk` belongs to it. Returns what that needs.
  package mutating func openChunk() -> Int {
    if isChunked { append("0000\r\n") }
    return bytes.count
  }

  /// Ends the chunk that `openChunk` began, given its result.
  package mutating func closeChunk(_ start: Int) {
    guard isChunked else { return }
    var size = bytes.count - start
    if size > 0xFFFF { return closeLargeChunk(start, size) }
    // Leading zeros are legal (RFC 9112, 7.1), and keep the place of the size the same for every chunk.
    var position = start - 3
    while size > 0 {
      bytes[position] = ResponseWriter.hexDigit(size & 15)
      size >>= 4
      position -= 1
    }
    bytes.append(0x0D)
    bytes.append(0x0A)
  }

  /// Writes `chunk` as one chunk; nothing when it is empty.
  package mutating func write(_ chunk: some Collection<UInt8>) {
    guard !chunk.isEmpty else { return }
    let start = openChunk()
    bytes.append(contentsOf: chunk)
    closeChunk(start)
  }

  mutating func endBody() {
    if isOpen, isChunked { append("0\r\n\r\n") }
    isOpen = false
    isChunked = false
  }

  /// Appends a number in decimal digits; a negative one as 0.
  package static func append(_ number: Int, to bytes: inout [UInt8]) {
    var rest = UInt(max(0, number))
    var digits = 1
    while rest >= 10 {
      rest /= 10
      digits += 1
    }
    rest = UInt(max(0, number))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
    for position in bytes.indices.suffix(digits).reversed() {
      bytes[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  private mutating func head(_ status: Int, _ contentType: String, _ headers: [WholeResponse.Header]) {
    append(isHTTP11 ? "HTTP/1.1 " : "HTTP/1.0 ")
    ResponseWriter.append(status, to: &bytes)
    append(" \(ResponseWriter.reason(status))\r\nContent-Type: \(contentType)\r\n")
    for header in headers { append("\(header.name): \(header.value)\r\n") }
    // HTTP/1.1 keeps the connection unless told otherwise, HTTP/1.0 closes it unless told otherwise.
    if isHTTP11 != keepsAlive { append(keepsAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n") }
  }

  private mutating func closeLargeChunk(_ start: Int, _ size: Int) {
    bytes.replaceSubrange(start - 6..<start - 2, with: String(size, radix: 16).utf8)
    append("\r\n")
  }

  private mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  private static func hexDigit(_ value: Int) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value)
    return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 204: "No Content"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 413: "Content Too Large"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: status < 400 ? "OK" : "Error"
    }
  }
}
