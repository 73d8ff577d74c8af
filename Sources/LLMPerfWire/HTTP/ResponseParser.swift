import Glibc

/// Reads one HTTP/1.1 response from the bytes of a connection, however they are cut.
///
/// A plain state machine: fed with bytes, it appends the body, freed of its chunks, to the caller's buffer. Interim
/// responses (1xx) and empty lines before a response are skipped. Each byte is looked at a fixed number of times, and what
/// is kept of a head is bounded.
package struct ResponseParser {
  /// Why bytes are not an HTTP/1.1 response.
  package struct Failure: Error {
    package var message: String
  }

  /// What a response may bring at most, in bytes where nothing else is said.
  package struct Limits: Sendable {
    /// Of one head, of the line of a chunk's size, and of all that stands behind the last chunk.
    package var head: Int
    /// Of the body.
    package var body: Int

    package init(head: Int = 256 << 10, body: Int = .max) {
      self.head = head
      self.body = body
    }
  }

  private enum Phase {
    case head
    case fixed(remaining: Int)
    case untilClose
    case chunkSize
    /// Blanks behind a chunk's size.
    case chunkBlank
    case chunkExtension
    /// The LF that ends the line of a chunk's size.
    case chunkLineFeed
    case chunkData(remaining: Int)
    /// The line end behind a chunk's data, of which the CR may have come.
    case chunkEnd(sawReturn: Bool)
    /// Lines after the last chunk, up to an empty one; `lineLength` bytes of the current line have come.
    case trailer(lineLength: Int)
    case done
  }

  private let limits: Limits
  private let answersHead: Bool
  private let keepsHeaders: Bool
  private var phase = Phase.head
  private var head: [UInt8] = []
  /// What the body may still bring.
  private var bodyLeft: Int
  private var chunkSize = 0
  private var chunkDigits = 0
  /// Bytes that mean nothing and came in a row: empty lines before a head, a chunk's extensions, trailers.
  private var skipped = 0

  /// The status; nil until the head is complete.
  package private(set) var status: Int?
  /// `Content-Encoding`, or a transfer coding other than chunked, unless absent or identity.
  package private(set) var contentEncoding: String?
  /// Where a redirect leads.
  package private(set) var location: String?
  /// Whether the connection cannot serve another request.
  package private(set) var closesConnection = false
  /// Every header in its order, where they are kept.
  package private(set) var headers: [(name: String, value: String)] = []
  /// Interim responses so far.
  package private(set) var interimCount = 0

  /// A service may tell every second that it is still at work; this is enough for hours, and an end to a flood.
  private static let mostInterims = 10_000

  /// A parser of the response to a request; one of `HEAD` gets no body.
  package init(limits: Limits = Limits(), answersHead: Bool = false, keepsHeaders: Bool = false) {
    self.limits = limits
    self.answersHead = answersHead
    self.keepsHeaders = keepsHeaders
    bodyLeft = limits.body
  }

  /// Whether the response has come to its end.
  package var isDone: Bool {
    if case .done = phase { true } else { false }
  }

  /// Whether no byte of the response itself has come: nothing, or only interim responses.
  package var isBeforeHead: Bool { status == nil && head.isEmpty }

  /// Whether an end of the connection now is the response's proper end.
  package var endsWithConnection: Bool {
    switch phase {
    case .done, .untilClose: true
    default: false
    }
  }

  /// Takes `bytes`, appends what belongs to the body to `body`, and returns how many bytes it took: fewer than there are
  /// only when the response is done.
  package mutating func feed(
    _ bytes: UnsafeBufferPointer<UInt8>, into body: inout [UInt8]
  ) throws(Failure) -> Int {
    var offset = 0
    while offset < bytes.count {
      switch phase {
      case .head:
        try feedHead(bytes, &offset)
      case .fixed(let remaining):
        let count = min(remaining, bytes.count - offset)
        body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset..<offset + count]))
        offset += count
        phase = count == remaining ? .done : .fixed(remaining: remaining - count)
      case .untilClose:
        try expectBody(bytes.count - offset)
        body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset...]))
        offset = bytes.count
      case .chunkData(let remaining):
        let count = min(remaining, bytes.count - offset)
        body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset..<offset + count]))
        offset += count
        phase = count == remaining ? .chunkEnd(sawReturn: false) : .chunkData(remaining: remaining - count)
      case .chunkSize, .chunkBlank, .chunkExtension, .chunkLineFeed, .chunkEnd, .trailer:
        try feedChunkLine(bytes[offset])
        offset += 1
      case .done:
        return offset
      }
    }
    return offset
  }

  // MARK: Chunks

  private mutating func beginChunkSize() {
    chunkSize = 0
    chunkDigits = 0
    skipped = 0
    phase = .chunkSize
  }

  /// Takes one byte of what stands between the data of chunks.
  @inline(__always)
  private mutating func feedChunkLine(_ byte: UInt8) throws(Failure) {
    switch phase {
    case .chunkSize:
      guard let digit = hexadecimal(byte) else {
        guard chunkDigits > 0 else { throw Failure(message: "a chunk size is not a number") }
        return try endChunkSize(byte)
      }
      guard chunkSize <= Int.max >> 4 else { throw Failure(message: "a chunk size is too large") }
      chunkSize = chunkSize << 4 | digit
      chunkDigits += 1
      try skip(upTo: limits.head, "a chunk size has no end")
    case .chunkBlank:
      try skip(upTo: limits.head, "the line of a chunk size has no end")
      try endChunkSize(byte)
    case .chunkExtension:
      try skip(upTo: limits.head, "the line of a chunk size has no end")
      if byte == 0x0A { try beginChunkData() }
    case .chunkLineFeed:
      guard byte == 0x0A else { throw Failure(message: "a chunk size is not a number") }
      try beginChunkData()
    case .chunkEnd(let sawReturn):
      guard byte == 0x0A || byte == 0x0D && !sawReturn else { throw Failure(message: "a chunk is longer than it says") }
      if byte == 0x0A { beginChunkSize() } else { phase = .chunkEnd(sawReturn: true) }
    case .trailer(let lineLength):
      try skip(upTo: limits.head, "the lines after the last chunk have no end")
      if byte == 0x0A {
        phase = lineLength == 0 ? .done : .trailer(lineLength: 0)
      } else if byte != 0x0D {
        phase = .trailer(lineLength: lineLength + 1)
      }
    case .head, .fixed, .untilClose, .chunkData, .done: break
    }
  }

  /// Takes the byte behind a chunk's size.
  private mutating func endChunkSize(_ byte: UInt8) throws(Failure) {
    switch byte {
    case 0x20, 0x09: phase = .chunkBlank
    case UInt8(ascii: ";"): phase = .chunkExtension
    case 0x0D: phase = .chunkLineFeed
    case 0x0A: try beginChunkData()
    default: throw Failure(message: "a chunk size is not a number")
    }
  }

  private mutating func beginChunkData() throws(Failure) {
    skipped = 0
    try expectBody(chunkSize)
    phase = chunkSize == 0 ? .trailer(lineLength: 0) : .chunkData(remaining: chunkSize)
  }

  /// So much more of the body is to come.
  private mutating func expectBody(_ count: Int) throws(Failure) {
    guard count <= bodyLeft else { throw Failure(message: "the body is longer than \(limits.body) bytes") }
    bodyLeft -= count
  }

  private mutating func skip(upTo most: Int, _ message: String) throws(Failure) {
    skipped += 1
    guard skipped <= most else { throw Failure(message: message) }
  }

  private func hexadecimal(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  // MARK: Heads

  /// Takes bytes of a head, line by line up to its end.
  private mutating func feedHead(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) throws(Failure) {
    if head.isEmpty {
      while offset < bytes.count, bytes[offset] == 0x0D || bytes[offset] == 0x0A {
        try skip(upTo: limits.head, "the response begins with nothing but empty lines")
        offset += 1
      }
    }
    while offset < bytes.count, let base = bytes.baseAddress {
      let found = memchr(base + offset, 0x0A, bytes.count - offset)
      let end = found.map { base.distance(to: $0.assumingMemoryBound(to: UInt8.self)) + 1 } ?? bytes.count
      head.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset..<end]))
      offset = end
      guard head.count < 5 || head.starts(with: "HTTP/".utf8) else {
        throw Failure(message: "not HTTP/1.1: the response begins with \(printable(head.prefix(16)))")
      }
      guard head.count <= limits.head else { throw Failure(message: "the response's head has no end") }
      if found != nil, endsWithEmptyLine { return try readHead() }
    }
  }

  private var endsWithEmptyLine: Bool {
    let tail = head.suffix(3)
    return tail.suffix(2).elementsEqual([0x0A, 0x0A]) || tail.elementsEqual([0x0A, 0x0D, 0x0A])
  }

  private mutating func readHead() throws(Failure) {
    guard let fields = try ResponseHead(head, answersHead: answersHead, keepsHeaders: keepsHeaders) else {
      throw Failure(message: "not HTTP/1.1: \(printable(head.prefix(32)))")
    }
    head.removeAll(keepingCapacity: true)
    skipped = 0
    guard fields.status >= 200 else {
      interimCount += 1
      guard interimCount <= Self.mostInterims else {
        throw Failure(message: "\(interimCount) interim responses came, and no answer")
      }
      return
    }
    status = fields.status
    closesConnection = fields.closesConnection
    contentEncoding = fields.contentEncoding
    location = fields.location
    headers = fields.headers
    switch fields.framing {
    case .none, .length(0): phase = .done
    case .length(let length):
      try expectBody(length)
      phase = .fixed(remaining: length)
    case .chunked: beginChunkSize()
    case .untilClose: phase = .untilClose
    }
  }

  private func printable(_ bytes: ArraySlice<UInt8>) -> String {
    "\"" + String(decoding: bytes.map { 0x20..<0x7F ~= $0 ? $0 : UInt8(ascii: ".") }, as: UTF8.self) + "\""
  }
}
