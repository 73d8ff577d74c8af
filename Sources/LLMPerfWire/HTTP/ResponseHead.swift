/// What a response's head says: its status, and how its body ends.
struct ResponseHead {
  /// Where a body ends.
  enum Framing: Equatable {
    /// There is no body.
    case none
    case length(Int)
    case chunked
    /// With the connection.
    case untilClose
  }

  let status: Int
  private(set) var framing = Framing.untilClose
  /// `Content-Encoding`, or a transfer coding other than chunked, unless absent or identity.
  private(set) var contentEncoding: String?
  /// Where a redirect leads.
  private(set) var location: String?
  /// Whether the connection cannot serve another request.
  private(set) var closesConnection: Bool
  /// Every field, where they are kept.
  private(set) var headers: [(name: String, value: String)] = []

  private var length: Int?
  /// Transfer codings in the order they were applied, identity left out.
  private var codings: [ArraySlice<UInt8>] = []

  /// Reads a head with its empty line; nil when it begins with no status line of HTTP/1.
  ///
  /// - Parameters:
  ///   - answersHead: Whether a request of `HEAD` is answered, so that no body follows.
  ///   - keepsHeaders: Whether to keep every field.
  init?(_ head: [UInt8], answersHead: Bool, keepsHeaders: Bool) throws(ResponseParser.Failure) {
    let head = head.unfolded
    var lines = head.split { $0 == 0x0A }.makeIterator()
    guard let line = lines.next(), let (status, minorVersion) = Self.statusLine(line) else { return nil }
    self.status = status
    closesConnection = minorVersion == UInt8(ascii: "0")
    while let line = lines.next() {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let (name, value) = (line[..<colon].trimmed, line[(colon + 1)...].trimmed)
      if keepsHeaders {
        headers.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
      }
      try take(name, value)
    }
    try decideFraming(answersHead)
  }

  /// The status and the digit behind `HTTP/1.`.
  private static func statusLine(_ line: ArraySlice<UInt8>) -> (status: Int, minorVersion: UInt8)? {
    line.trimmed.withUnsafeBufferPointer { line in
      let isDigit: (UInt8) -> Bool = { 0x30...0x39 ~= $0 }
      guard line.count >= 12, line.starts(with: version), isDigit(line[7]), line[8] == 0x20,
        line[9...11].allSatisfy(isDigit), line.count == 12 || line[12] == 0x20
      else { return nil }
      let status = line[9...11].reduce(0) { $0 * 10 + Int($1 - 0x30) }
      return status < 100 ? nil : (status, line[7])
    }
  }

  private static let version = Array("HTTP/1.".utf8)

  private mutating func take(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(ResponseParser.Failure) {
    if name.equalsIgnoringCase("content-length") {
      // The same length several times is one (RFC 9110, 8.6).
      for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        try takeLength(part.trimmed)
      }
    } else if name.equalsIgnoringCase("transfer-encoding") {
      for coding in value.split(separator: UInt8(ascii: ",")) {
        let name = coding.prefix { $0 != UInt8(ascii: ";") }.trimmed
        if !name.isEmpty, !name.equalsIgnoringCase("identity") { codings.append(name) }
      }
    } else if 300..<400 ~= status, name.equalsIgnoringCase("location") {
      location = String(decoding: value, as: UTF8.self)
    } else if name.equalsIgnoringCase("connection") {
      for option in value.split(separator: UInt8(ascii: ",")) {
        if option.trimmed.equalsIgnoringCase("close") { closesConnection = true }
        if option.trimmed.equalsIgnoringCase("keep-alive") { closesConnection = false }
      }
    } else if name.equalsIgnoringCase("content-encoding"), value.namesCoding {
      contentEncoding = String(decoding: value, as: UTF8.self)
    }
  }

  private mutating func takeLength(_ digits: ArraySlice<UInt8>) throws(ResponseParser.Failure) {
    guard !digits.isEmpty, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      throw ResponseParser.Failure(message: "Content-Length is not a number")
    }
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw ResponseParser.Failure(message: "Content-Length is too large")
    }
    guard length == nil || length == value else {
      throw ResponseParser.Failure(message: "two values of Content-Length")
    }
    length = value
  }

  /// RFC 9112, 6.3: a transfer coding outranks a length, and a body whose last coding is not chunked ends with the
  /// connection.
  private mutating func decideFraming(_ answersHead: Bool) throws(ResponseParser.Failure) {
    let isChunked = codings.last?.equalsIgnoringCase("chunked") ?? false
    if isChunked { codings.removeLast() }
    guard !codings.contains(where: { isChunked && $0.equalsIgnoringCase("chunked") }) else {
      throw ResponseParser.Failure(message: "a body that is chunked twice")
    }
    if let coding = codings.last { contentEncoding = String(decoding: coding, as: UTF8.self) }
    if status < 200 || status == 204 || status == 304 || answersHead {
      // These have no body, whatever their head says of one.
      framing = .none
    } else if isChunked {
      framing = .chunked
      // Which of the two the service went by is not certain enough to read another response behind it.
      if length != nil { closesConnection = true }
    } else if let length, codings.isEmpty {
      framing = .length(length)
    } else {
      framing = .untilClose
      closesConnection = true
    }
  }
}

extension [UInt8] {
  /// With a line that begins with a blank joined to the one before it (RFC 9112, 5.2).
  fileprivate var unfolded: [UInt8] {
    var bytes = self
    for place in indices.dropLast() where self[place] == 0x0A && (self[place + 1] == 0x20 || self[place + 1] == 0x09) {
      bytes[place] = 0x20
      if place > 0, bytes[place - 1] == 0x0D { bytes[place - 1] = 0x20 }
    }
    return bytes
  }
}

extension ArraySlice<UInt8> {
  /// Whether some part of a list of codings changes the body: `identity` does not, nor does what some servers write for it.
  fileprivate var namesCoding: Bool {
    split(separator: UInt8(ascii: ",")).contains { part in
      let name = part.trimmed
      return !name.isEmpty && !name.equalsIgnoringCase("identity") && !name.equalsIgnoringCase("none")
    }
  }
}
