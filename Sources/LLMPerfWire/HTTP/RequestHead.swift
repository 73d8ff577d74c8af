import LLMPerf

/// The head of a request: what it asks for, and how its body is framed.
struct RequestHead {
  private(set) var request: ServerRequest
  private(set) var length = 0
  private(set) var isChunked = false
  private(set) var expectsContinue = false

  /// Reads a head that ends with its blank line.
  init(_ head: [UInt8]) throws(RequestParser.SyntaxError) {
    var lines = Lines(head)
    let (method, target, isHTTP11) = try Self.requestLine(head, lines.next())
    var fields: [(name: Range<Int>, value: Range<Int>)] = []
    while let line = lines.next(), !line.isEmpty { fields.append(try Self.field(head, line)) }

    var framing = Framing(isHTTP11: isHTTP11)
    for field in fields { try framing.take(head[field.name], head[field.value]) }
    try framing.check()
    length = framing.length ?? 0
    isChunked = framing.isChunked
    expectsContinue = framing.expectsContinue

    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    request = ServerRequest(
      method: method, path: Self.path(parts[0]), query: parts.count > 1 ? String(parts[1]) : "", isHTTP11: isHTTP11,
      keepsAlive: framing.keepsAlive, head: head, fields: fields)
  }

  private static func requestLine(
    _ head: [UInt8], _ line: Range<Int>?
  ) throws(RequestParser.SyntaxError) -> (method: String, target: String, isHTTP11: Bool) {
    let words = head[line ?? 0..<0].split(separator: 0x20, omittingEmptySubsequences: false)
    guard words.count == 3, words.allSatisfy({ !$0.isEmpty }), words[0].allSatisfy(isTokenByte),
      words[1].allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else { throw .init(400, "the first line is not 'METHOD path HTTP/1.1'") }
    let target = String(decoding: words[1], as: UTF8.self)
    switch String(decoding: words[2], as: UTF8.self) {
    case "HTTP/1.1": return (String(decoding: words[0], as: UTF8.self), target, true)
    case "HTTP/1.0": return (String(decoding: words[0], as: UTF8.self), target, false)
    case let version where version.hasPrefix("HTTP/"): throw .init(505, "\(version) is not spoken here, HTTP/1.1 is")
    default: throw .init(400, "the first line is not 'METHOD path HTTP/1.1'")
    }
  }

  private static func field(
    _ head: [UInt8], _ line: Range<Int>
  ) throws(RequestParser.SyntaxError) -> (name: Range<Int>, value: Range<Int>) {
    guard let colon = head[line].firstIndex(of: UInt8(ascii: ":")), colon > line.lowerBound,
      head[line.lowerBound..<colon].allSatisfy(isTokenByte)
    else { throw .init(400, "a header line is not 'name: value'") }
    var value = colon + 1..<line.upperBound
    while let first = head[value].first, isBlank(first) { value = value.lowerBound + 1..<value.upperBound }
    while let last = head[value].last, isBlank(last) { value = value.lowerBound..<value.upperBound - 1 }
    guard !head[value].contains(0) else { throw .init(400, "a header value has a null byte") }
    return (line.lowerBound..<colon, value)
  }

  /// The path of a target, which a client of a proxy sends as a whole URL.
  private static func path(_ target: Substring) -> String {
    guard target.first != "/", let authority = target.firstRange(of: "://") else { return String(target) }
    let rest = target[authority.upperBound...]
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}

/// What the header fields say about the body and the connection.
private struct Framing {
  let isHTTP11: Bool
  var length: Int?
  var isChunked = false
  var expectsContinue = false
  var keepsAlive: Bool
  private var hasHost = false

  init(isHTTP11: Bool) {
    self.isHTTP11 = isHTTP11
    keepsAlive = isHTTP11
  }

  mutating func take(
    _ name: ArraySlice<UInt8>, _ bytes: ArraySlice<UInt8>
  ) throws(RequestParser.SyntaxError) {
    var value: String { String(decoding: bytes, as: UTF8.self).lowercased() }
    if name.equalsIgnoringCase("content-length") {
      guard !bytes.isEmpty, bytes.count <= 18, bytes.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }),
        let count = Int(value),
        length ?? count == count
      else { throw .init(400, "Content-Length is not one whole number") }
      length = count
    } else if name.equalsIgnoringCase("transfer-encoding") {
      guard value == "chunked", !isChunked else { throw .init(501, "of transfer encodings, only 'chunked' is known") }
      isChunked = true
    } else if name.equalsIgnoringCase("connection") {
      let words = value.split { $0 == "," || $0 == " " }
      if words.contains("close") { keepsAlive = false } else if words.contains("keep-alive") { keepsAlive = true }
    } else if name.equalsIgnoringCase("host") {
      guard !hasHost else { throw .init(400, "there is more than one Host") }
      hasHost = true
    } else if name.equalsIgnoringCase("expect") {
      expectsContinue = value == "100-continue"
    }
  }

  func check() throws(RequestParser.SyntaxError) {
    if isHTTP11, !hasHost { throw .init(400, "Host is missing") }
    if isChunked, length != nil { throw .init(400, "there are both Content-Length and Transfer-Encoding") }
  }
}

/// The lines of a head, without their ends.
private struct Lines {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func next() -> Range<Int>? {
    guard let feed = bytes[offset...].firstIndex(of: 0x0A) else { return nil }
    let start = offset
    offset = feed + 1
    return start..<(feed > start && bytes[feed - 1] == 0x0D ? feed - 1 : feed)
  }
}
