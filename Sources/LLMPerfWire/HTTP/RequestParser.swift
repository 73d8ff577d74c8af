/// Takes requests out of a connection's bytes (RFC 9112), however the network cut them.
package struct RequestParser {
  /// Why bytes are not a request this server takes.
  package struct SyntaxError: Error, Hashable {
    /// The status to answer with: 400, 413, 431, 501 or 505.
    package var status: Int
    package var message: String

    init(_ status: Int, _ message: String) {
      self.status = status
      self.message = message
    }
  }

  private enum Stage {
    case head
    case body(length: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailers
  }

  /// Whether the client waits for `100 Continue` before it sends the body. Reading it resets it.
  package mutating func takeContinueDemand() -> Bool {
    defer { expectsContinue = false }
    return expectsContinue
  }

  /// Whether no byte of a further request has come.
  package var isEmpty: Bool { request == nil && buffer.count == offset }

  /// Bytes that were read and belong to no complete request.
  package var unreadCount: Int { buffer.count - offset }

  private let maximumHead: Int
  private let maximumBody: Int
  private var buffer: [UInt8] = []
  private var offset = 0
  private var scanned = 0
  private var stage = Stage.head
  private var request: ServerRequest?
  private var expectsContinue = false
  /// Bytes of the trailer so far; nobody asks for what stands in it.
  private var trailerLength = 0
  /// Bytes of the chunks' first lines so far, which may be long, or many.
  private var frameLength = 0

  /// A parser that refuses heads and bodies above these sizes in bytes.
  package init(maximumHead: Int = 64 << 10, maximumBody: Int = 64 << 20) {
    self.maximumHead = maximumHead
    self.maximumBody = maximumBody
  }

  /// Adds what was read.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    buffer.append(contentsOf: bytes)
  }

  /// The next complete request, or nil when more bytes are needed.
  package mutating func next() throws(SyntaxError) -> ServerRequest? {
    while true {
      switch stage {
      case .head:
        guard let end = try headEnd() else { return nil }
        try readHead(end)
      case .body(let length):
        guard buffer.count - offset >= length else { return nil }
        request?.body = Array(buffer[offset..<offset + length])
        offset += length
        return finish()
      case .chunkSize:
        guard let line = try nextLine() else { return nil }
        let size = try chunkSize(line)
        // A byte of body may take eight of framing, and then some for those who name their chunks.
        frameLength += line.count
        guard frameLength <= maximumHead + 8 * (request?.body.count ?? 0) else {
          throw SyntaxError(400, "the chunks' first lines are longer than what stands in them")
        }
        stage = size == 0 ? .trailers : .chunk(left: size)
      case .chunk(let left):
        let count = min(left, buffer.count - offset)
        request?.body.append(contentsOf: buffer[offset..<offset + count])
        offset += count
        dropRead()
        stage = left == count ? .chunkEnd : .chunk(left: left - count)
        if left > count { return nil }
      case .chunkEnd:
        guard let line = try nextLine() else { return nil }
        guard line.isEmpty else { throw SyntaxError(400, "a chunk is longer than its size says") }
        stage = .chunkSize
      case .trailers:
        guard let line = try nextLine() else { return nil }
        if line.isEmpty { return finish() }
        dropRead()
        trailerLength += line.count + 2
        guard trailerLength <= maximumHead else {
          throw SyntaxError(431, "the trailer is larger than \(maximumHead) bytes")
        }
      }
    }
  }

  private mutating func finish() -> ServerRequest? {
    defer {
      request = nil
      stage = .head
      expectsContinue = false
      trailerLength = 0
      frameLength = 0
      dropRead()
      // A large body must not stay with an idle connection.
      if buffer.isEmpty, buffer.capacity > 1 << 16 { buffer = [] }
    }
    return request
  }

  /// Lets go of what was read, once it is all or a good part: a read may bring thousands of chunks or requests.
  private mutating func dropRead() {
    guard offset == buffer.count || offset >= 64 << 10 else { return scanned = offset }
    buffer.removeFirst(offset)
    offset = 0
    scanned = 0
  }

  // MARK: Head

  /// The offset behind the blank line that ends the head.
  private mutating func headEnd() throws(SyntaxError) -> Int? {
    // Blank lines before a request are skipped (RFC 9112, 2.2).
    let start = offset
    while scanned <= offset, offset < buffer.count, buffer[offset] == 0x0D || buffer[offset] == 0x0A { offset += 1 }
    if offset > start { dropRead() }
    var position = max(offset, scanned)
    while let feed = buffer[position...].firstIndex(of: 0x0A) {
      let isBlank = feed + 1 < buffer.count && buffer[feed + 1] == 0x0A
      let isBlankCRLF = feed + 2 < buffer.count && buffer[feed + 1] == 0x0D && buffer[feed + 2] == 0x0A
      if isBlank || isBlankCRLF { return feed + (isBlank ? 2 : 3) }
      position = feed + 1
    }
    scanned = max(offset, buffer.count - 2)
    if buffer.count - offset > maximumHead { throw SyntaxError(431, "the header is larger than \(maximumHead) bytes") }
    return nil
  }

  private mutating func readHead(_ end: Int) throws(SyntaxError) {
    guard end - offset <= maximumHead else { throw SyntaxError(431, "the header is larger than \(maximumHead) bytes") }
    let head = Array(buffer[offset..<end])
    offset = end
    dropRead()
    let framing = try RequestHead(head)
    request = framing.request
    expectsContinue = framing.expectsContinue && buffer.isEmpty
    if framing.isChunked {
      stage = .chunkSize
    } else {
      guard framing.length <= maximumBody else { throw tooLarge }
      stage = .body(length: framing.length)
      buffer.reserveCapacity(offset + framing.length)
    }
  }

  // MARK: Chunks

  private mutating func nextLine() throws(SyntaxError) -> ArraySlice<UInt8>? {
    let feed = buffer[offset...].firstIndex(of: 0x0A)
    // However much of it has come: what is refused must not depend on how the network cut it.
    guard (feed ?? buffer.count) - offset <= 4096 else {
      throw SyntaxError(400, "a chunk's first line is larger than 4096 bytes")
    }
    guard let feed else { return nil }
    var line = buffer[offset..<feed]
    offset = feed + 1
    if line.last == 0x0D { line.removeLast() }
    return line
  }

  private func chunkSize(_ line: ArraySlice<UInt8>) throws(SyntaxError) -> Int {
    let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
    guard digits.count <= 15, !digits.isEmpty, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw SyntaxError(400, "a chunk does not begin with its size in hexadecimal digits") }
    guard size + (request?.body.count ?? 0) <= maximumBody else { throw tooLarge }
    return size
  }

  private var tooLarge: SyntaxError { SyntaxError(413, "the body is larger than \(maximumBody) bytes") }
}
