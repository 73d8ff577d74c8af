import Glibc

/// Reads one HTTP/1.1 response from the bytes of a connection, however they are cut.
///
/// A plain state machine: fed with bytes, it appends the body, freed of its chunks, to the caller's buffer. Interim
/// responses (1xx) are skipped.
package struct ResponseParser {
  /// Why bytes are not an HTTP/1.1 response.
  package struct Failure: Error {
    package var message: String
  }

  private enum Phase {
    case head
    case fixed(remaining: Int)
    case untilClose
    case chunkSize
    case chunkExtension
    case chunkData(remaining: Int)
    /// The line end behind a chunk's data.
    case chunkEnd
    /// Lines after the last chunk, up to an empty one; `lineLength` bytes of the current line have come.
    case trailer(lineLength: Int)
    case done
  }

  private var phase = Phase.head
  private var head: [UInt8] = []
  private var chunkSize = 0
  private var chunkDigits = 0

  /// The status; nil until the head is complete.
  package private(set) var status: Int?
  /// `Content-Encoding`, unless absent or identity.
  package private(set) var contentEncoding: String?
  /// Where a redirect leads.
  package private(set) var location: String?
  /// Whether the connection cannot serve another request.
  package private(set) var closesConnection = false

  static let longestHead = 256 << 10

  package init() {}

  /// Whether the response has come to its end.
  package var isDone: Bool {
    if case .done = phase { true } else { false }
  }

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
        offset += try feedHead(UnsafeBufferPointer(rebasing: bytes[offset...]))
      case .fixed(let remaining):
        let count = min(remaining, bytes.count - offset)
        body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset..<offset + count]))
        offset += count
        phase = count == remaining ? .done : .fixed(remaining: remaining - count)
      case .untilClose:
        body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset...]))
        offset = bytes.count
      case .chunkSize:
        try feedChunkSize(bytes, &offset)
      case .chunkExtension:
        skipLine(bytes, &offset)
      case .chunkData(let remaining):
        let count = min(remaining, bytes.count - offset)
        body.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[offset..<offset + count]))
        offset += count
        phase = count == remaining ? .chunkEnd : .chunkData(remaining: remaining - count)
      case .chunkEnd:
        guard bytes[offset] == 0x0D || bytes[offset] == 0x0A else {
          throw Failure(message: "a chunk is longer than it says")
        }
        if bytes[offset] == 0x0A { beginChunkSize() }
        offset += 1
      case .trailer(let lineLength):
        let byte = bytes[offset]
        offset += 1
        if byte == 0x0A {
          phase = lineLength == 0 ? .done : .trailer(lineLength: 0)
        } else if byte != 0x0D {
          phase = .trailer(lineLength: lineLength + 1)
        }
      case .done:
        return offset
      }
    }
    return offset
  }

  private mutating func beginChunkSize() {
    chunkSize = 0
    chunkDigits = 0
    phase = .chunkSize
  }

  private mutating func feedChunkSize(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) throws(Failure) {
    while offset < bytes.count {
      let byte = bytes[offset]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default:
        guard chunkDigits > 0, byte == 0x0D || byte == 0x0A || byte == UInt8(ascii: ";") || byte == 0x20 else {
          throw Failure(message: "a chunk size is not a number")
        }
        phase = .chunkExtension
        return skipLine(bytes, &offset)
      }
      guard chunkDigits < 15 else { throw Failure(message: "a chunk size is too large") }
      chunkSize = chunkSize << 4 | Int(digit)
      chunkDigits += 1
      offset += 1
    }
  }

  /// Skips to the end of the line that a chunk size stands on.
  private mutating func skipLine(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) {
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      guard byte == 0x0A else { continue }
      phase = chunkSize == 0 ? .trailer(lineLength: 0) : .chunkData(remaining: chunkSize)
      return
    }
  }

  /// Takes bytes of the head; returns how many belong to it.
  private mutating func feedHead(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Int {
    let before = head.count
    // The head's end may straddle two reads, so the search starts three bytes back.
    head.append(contentsOf: bytes)
    guard before >= 5 || head.count < 5 || head.starts(with: "HTTP/".utf8) else {
      throw Failure(message: "not HTTP/1.1: the response begins with \(printable(head.prefix(16)))")
    }
    guard let end = headEnd(from: max(0, before - 3)) else {
      guard head.count <= Self.longestHead else { throw Failure(message: "the response's head has no end") }
      return bytes.count
    }
    head.removeLast(head.count - end)
    try parseHead()
    return end - before
  }

  /// The offset behind the empty line that ends the head.
  private func headEnd(from start: Int) -> Int? {
    head.withUnsafeBufferPointer { head in
      var offset = start
      while offset < head.count {
        guard let base = head.baseAddress, let found = memchr(base + offset, 0x0A, head.count - offset) else {
          return nil
        }
        let feed = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
        if feed >= 1, head[feed - 1] == 0x0A { return feed + 1 }
        if feed >= 2, head[feed - 1] == 0x0D, head[feed - 2] == 0x0A { return feed + 1 }
        offset = feed + 1
      }
      return nil
    }
  }

  private mutating func parseHead() throws(Failure) {
    var lines = head.split(whereSeparator: { $0 == 0x0A }).makeIterator()
    guard let statusLine = lines.next(), statusLine.starts(with: "HTTP/1.".utf8), statusLine.count >= 12,
      let code = Int(String(decoding: statusLine[9..<12], as: UTF8.self)), (100..<1000).contains(code)
    else { throw Failure(message: "not HTTP/1.1: \(printable(head.prefix(32)))") }
    closesConnection = statusLine[7] == UInt8(ascii: "0")
    contentEncoding = nil
    var length: Int?
    var isChunked = false
    while let line = lines.next() {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = line[..<colon]
      let value = line[(colon + 1)...].trimmed
      if name.equalsIgnoringCase("content-length") {
        let before = length
        length = value.allSatisfy { 0x30...0x39 ~= $0 } ? Int(String(decoding: value, as: UTF8.self)) : nil
        guard length != nil else { throw Failure(message: "Content-Length is not a number") }
        guard before == nil || before == length else { throw Failure(message: "two values of Content-Length") }
      } else if 300..<400 ~= code, name.equalsIgnoringCase("location") {
        location = String(decoding: value, as: UTF8.self)
      } else if name.equalsIgnoringCase("transfer-encoding") {
        isChunked = value.suffix(7).equalsIgnoringCase("chunked")
      } else if name.equalsIgnoringCase("connection") {
        for option in value.split(separator: UInt8(ascii: ",")) {
          if option.trimmed.equalsIgnoringCase("close") { closesConnection = true }
          if option.trimmed.equalsIgnoringCase("keep-alive") { closesConnection = false }
        }
      } else if name.equalsIgnoringCase("content-encoding"), !value.isEmpty, !value.equalsIgnoringCase("identity") {
        contentEncoding = String(decoding: value, as: UTF8.self)
      }
    }
    head.removeAll(keepingCapacity: true)
    if code < 200 { return }
    status = code
    if code == 204 || code == 304 || !isChunked && length == 0 {
      // The first two have no body, whatever their head says of one.
      phase = .done
    } else if isChunked {
      beginChunkSize()
    } else if let length {
      phase = .fixed(remaining: length)
    } else {
      closesConnection = true
      phase = .untilClose
    }
  }

  private func printable(_ bytes: ArraySlice<UInt8>) -> String {
    "\"" + String(decoding: bytes.map { 0x20..<0x7F ~= $0 ? $0 : UInt8(ascii: ".") }, as: UTF8.self) + "\""
  }
}

extension ArraySlice<UInt8> {
  /// Without spaces, tabs and CR at either end.
  fileprivate var trimmed: ArraySlice<UInt8> {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    var result = drop(while: isBlank)
    while let last = result.last, isBlank(last) { result.removeLast() }
    return result
  }

  /// Whether these are the bytes of `text`, which is in lower case, in any case.
  fileprivate func equalsIgnoringCase(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      zip(self, text).allSatisfy { byte, wanted in
        byte == wanted || (0x41...0x5A ~= byte && byte | 0x20 == wanted)
      }
    }
  }
}
