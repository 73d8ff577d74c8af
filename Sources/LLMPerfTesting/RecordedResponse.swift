public import LLMPerf

/// A service's response, as a fixture: recorded from the wire, or written in a test.
public struct RecordedResponse: Sendable, Hashable {
  /// The status; nil when no status line came.
  public var status: Int?
  /// The header fields, in order.
  public var headers: [HTTPHeader]
  /// The body, transfer coding removed.
  public var body: [UInt8]
  /// Whether the body reached the end that its framing promised.
  public var isComplete: Bool

  /// A response with `body`.
  public init(status: Int? = 200, headers: [HTTPHeader] = [], body: [UInt8], isComplete: Bool = true) {
    self.status = status
    self.headers = headers
    self.body = body
    self.isComplete = isComplete
  }

  /// A response whose body is `text`: one JSON text, or server-sent events.
  public init(status: Int? = 200, _ text: String, isComplete: Bool = true) {
    self.init(status: status, body: Array(text.utf8), isComplete: isComplete)
  }

  /// Takes a response apart that was recorded from the wire, byte for byte: status line, header fields, and a body that
  /// is chunked, as long as `Content-Length` says, or ended by the connection. What was cut off is marked so, not refused.
  public init(wire: [UInt8]) {
    self.init(status: nil, body: [], isComplete: false)
    var rest = wire[...]
    guard let statusLine = Self.line(&rest), statusLine.starts(with: "HTTP/1.".utf8) else { return }
    status = statusLine.split(separator: 0x20).dropFirst().first.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    while let line = Self.line(&rest), !line.isEmpty {
      let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
      headers.append(HTTPHeader(Self.text(line[..<colon]), Self.text(line[colon...].dropFirst())))
    }
    if headers[field: "Transfer-Encoding"]?.lowercased() == "chunked" {
      readChunks(rest)
    } else if let length = headers[field: "Content-Length"].flatMap({ Int($0) }), length >= 0 {
      body = Array(rest.prefix(length))
      isComplete = rest.count >= length
    } else {
      body = Array(rest)
      isComplete = true
    }
  }

  private mutating func readChunks(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while let line = Self.line(&rest), let size = Int(Self.text(line.prefix { $0 != UInt8(ascii: ";") }), radix: 16) {
      guard size > 0 else {
        isComplete = true
        return
      }
      body += rest.prefix(size)
      guard rest.count - 2 >= size else { return }
      rest = rest.dropFirst(size + 2)
    }
  }

  /// The next line, without its line end; nil when none is left.
  private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let feed = rest.firstIndex(of: 0x0A) else { return nil }
    let line = rest[..<feed]
    rest = rest[feed...].dropFirst()
    return line.last == 0x0D ? line.dropLast() : line
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let start = bytes.drop(while: isBlank)
    let end = start.lastIndex { !isBlank($0) } ?? start.startIndex - 1
    return String(decoding: start[...end], as: UTF8.self)
  }
}
