/// Reads one HTTP/1.1 response out of bytes as they come, however they are split.
///
/// Exporters need a response whole, with all of its headers; the parser of the load test's own connections keeps none of
/// them and is made for speed.
struct HTTPResponseParser {
  private enum State {
    case head
    case fixed(remaining: Int)
    case untilClose
    case chunkSize
    case chunk(remaining: Int)
    case chunkEnd
    case trailers
    case done
  }

  /// The response; whole once `isComplete`.
  private(set) var response = HTTPResponse(status: 0, headers: [])
  /// Whether the connection can carry another request.
  private(set) var keepsAlive = true

  private var state = State.head
  /// Bytes that were fed; those before `start` are done with.
  private var pending: [UInt8] = []
  private var start = 0
  /// Where the search for the head's end goes on.
  private var searched = 0
  private let isHead: Bool

  /// Bytes of heads, those of interim responses too, and of trailers so far.
  private var headLength = 0

  private static let longestHead = 256 << 10
  private static let longestLine = 64 << 10
  private static let longestBody = 256 << 20

  /// A parser for the response to a request of `method`; that to `HEAD` has no body.
  init(method: String = "GET") {
    isHead = method == "HEAD"
  }

  var isComplete: Bool {
    if case .done = state { true } else { false }
  }

  /// Takes more bytes.
  ///
  /// - Throws: `HTTPFailure` when they are not HTTP/1.
  mutating func feed(_ bytes: some Collection<UInt8>) throws(HTTPFailure) {
    pending.append(contentsOf: bytes)
    while try step() {}
    if case .head = state { searched = pending.count - start }
    pending.removeSubrange(..<start)
    start = 0
    guard pending.count <= Self.longestLine || isComplete else {
      throw HTTPFailure("a line of the response has no end")
    }
    guard response.body.count <= Self.longestBody else { throw HTTPFailure("the response is too long") }
  }

  /// The connection has ended.
  ///
  /// - Throws: `HTTPFailure` when the response had not.
  mutating func end() throws(HTTPFailure) {
    keepsAlive = false
    switch state {
    case .done: break
    case .untilClose: state = .done
    case .head where pending.isEmpty: throw HTTPFailure("the connection closed before a response came")
    default: throw HTTPFailure("the connection closed in the middle of the response")
    }
  }

  /// Does what the pending bytes allow; false when more are needed.
  private mutating func step() throws(HTTPFailure) -> Bool {
    switch state {
    case .head: return try readHead()
    case .fixed(let remaining):
      let left = take(remaining)
      state = left == 0 ? .done : .fixed(remaining: left)
      return false
    case .untilClose:
      _ = take(.max)
      return false
    case .chunkSize:
      guard let line = try line() else { return false }
      let digits = line.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
      guard let size = HeaderNumber.size(digits) else { throw HTTPFailure("a chunk has no size") }
      state = size == 0 ? .trailers : .chunk(remaining: size)
      return true
    case .chunk(let remaining):
      let left = take(remaining)
      state = left == 0 ? .chunkEnd : .chunk(remaining: left)
      return left == 0
    case .chunkEnd:
      guard let line = try line() else { return false }
      guard line.isEmpty else { throw HTTPFailure("a chunk is longer than its size says") }
      state = .chunkSize
      return true
    case .trailers:
      guard let line = try line() else { return false }
      headLength += line.utf8.count
      guard headLength <= Self.longestHead else { throw HTTPFailure("the trailer of the response has no end") }
      if line.isEmpty { state = .done }
      return !line.isEmpty
    case .done:
      // Bytes behind the response: the connection cannot be trusted with another request.
      if start < pending.count { keepsAlive = false }
      return false
    }
  }

  private mutating func readHead() throws(HTTPFailure) -> Bool {
    guard let end = pending[(start + max(0, searched - 3))...].firstRange(of: [13, 10, 13, 10]) else { return false }
    let lines = String(decoding: pending[start..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let length = end.upperBound - start
    headLength += length
    guard length <= Self.longestLine, headLength <= Self.longestHead else {
      throw HTTPFailure("the head of the response has no end")
    }
    start = end.upperBound
    searched = 0
    let words = (lines.first ?? "").split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3,
      let status = HeaderNumber.whole(words[1]), status >= 100
    else {
      throw HTTPFailure("the answer is not HTTP/1.1")
    }
    // An interim response; the real one follows.
    if status < 200 { return true }
    response.status = status
    response.headers = lines.dropFirst().compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      var value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      while value.last == " " || value.last == "\t" { value.removeLast() }
      return (String(line[..<colon]), String(value))
    }
    let connection = (response.header("Connection") ?? "").lowercased()
    keepsAlive = words[0] == "HTTP/1.1" ? !connection.contains("close") : connection.contains("keep-alive")
    if isHead || status == 204 || status == 304 {
      state = .done
    } else if (response.header("Transfer-Encoding") ?? "").lowercased().contains("chunked") {
      state = .chunkSize
    } else if let text = response.header("Content-Length") {
      let lengths = response.headers.filter { $0.name.lowercased() == "content-length" }
      guard let length = HeaderNumber.whole(text), lengths.allSatisfy({ $0.value == text }) else {
        throw HTTPFailure("the response has no valid length")
      }
      guard length <= Self.longestBody else { throw HTTPFailure("the response is too long") }
      state = length == 0 ? .done : .fixed(remaining: length)
    } else {
      state = .untilClose
    }
    return true
  }

  /// Moves at most `count` bytes to the body; returns how many of them are still to come.
  private mutating func take(_ count: Int) -> Int {
    let taken = min(count, pending.count - start)
    response.body.append(contentsOf: pending[start..<start + taken])
    start += taken
    return count - taken
  }

  private mutating func line() throws(HTTPFailure) -> String? {
    guard let end = pending[start...].firstIndex(of: 10) else { return nil }
    // However much of it has come: what is refused must not depend on how the network cut it.
    guard end - start < Self.longestLine else { throw HTTPFailure("a line of the response has no end") }
    var text = pending[start..<end]
    if text.last == 13 { text = text.dropLast() }
    start = end + 1
    return String(decoding: text, as: UTF8.self)
  }
}
