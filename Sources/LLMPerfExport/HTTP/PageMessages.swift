/// What somebody asks of a `PageServer`.
package struct PageRequest: Sendable {
  package var method: String
  /// The path, escapes decoded.
  package var path: String
  /// The values of the query, escapes decoded.
  package var query: [String: String]
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  /// The first header called `name`, in any case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// What a `PageServer` answers.
package struct PageResponse: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// Whether the body goes on with what `PageServer.broadcast` is given, until the client leaves.
  package var isStream: Bool
  /// Whether the connection is closed without an answer. For tests of clients.
  package var isDropped = false

  package init(
    _ status: Int = 200, type: String, _ body: [UInt8], headers: [(name: String, value: String)] = [],
    isStream: Bool = false
  ) {
    self.status = status
    self.headers = [("Content-Type", type)] + headers
    self.body = body
    self.isStream = isStream
  }

  /// A line of plain text.
  package static func text(_ status: Int, _ text: String) -> PageResponse {
    PageResponse(status, type: "text/plain; charset=utf-8", Array((text + "\n").utf8))
  }

  func wire(closes: Bool) -> [UInt8] {
    var head = "HTTP/1.1 \(status) \(status == 200 ? "OK" : "-")\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    head += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
    head += isStream ? "" : "Content-Length: \(body.count)\r\n"
    head += closes || isStream ? "Connection: close\r\n\r\n" : "\r\n"
    return Array(head.utf8) + body
  }
}

/// Reads one HTTP/1.1 request out of bytes as they come.
struct PageRequestParser {
  enum Step {
    case needsMore
    case request(PageRequest, closes: Bool)
    case refused(PageResponse)
  }

  private var pending: [UInt8] = []
  private let mostBody: Int

  init(mostBody: Int) {
    self.mostBody = mostBody
  }

  mutating func feed(_ bytes: some Collection<UInt8>) {
    pending.append(contentsOf: bytes)
  }

  /// The next request, if it is whole.
  mutating func next() -> Step {
    guard let end = pending.firstRange(of: [13, 10, 13, 10]) else {
      return pending.count > 32 << 10 ? .refused(.text(431, "the request's head is too long")) : .needsMore
    }
    let lines = String(decoding: pending[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
      return .refused(.text(400, "this is not HTTP/1.1"))
    }
    let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
      line.firstIndex(of: ":").map { colon in
        (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
      }
    }
    let target = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var request = PageRequest(
      method: String(words[0]), path: PercentEncoding.decode(target[0]), query: [:], headers: headers, body: [])
    for pair in target.count > 1 ? target[1].split(separator: "&") : [] {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      request.query[PercentEncoding.decode(parts[0])] = parts.count > 1 ? PercentEncoding.decode(parts[1]) : ""
    }
    guard request.header("Transfer-Encoding") == nil else { return .refused(.text(411, "give a Content-Length")) }
    let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
    guard 0...mostBody ~= length else { return .refused(.text(413, "the request is too long")) }
    guard pending.count - end.upperBound >= length else { return .needsMore }
    request.body = Array(pending[end.upperBound..<end.upperBound + length])
    pending.removeSubrange(..<(end.upperBound + length))
    let connection = (request.header("Connection") ?? "").lowercased()
    return .request(request, closes: words[2] == "HTTP/1.0" || connection.contains("close"))
  }
}
