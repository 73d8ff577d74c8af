import LLMPerfWire
import Testing

struct RequestParserTests {
  private static let chunked =
    "POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Thing:  some value \r\nTransfer-Encoding: chunked\r\n\r\n"
    + "5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n"

  private func parse(_ text: String, by step: Int, parser: RequestParser = .init()) throws -> [ServerRequest] {
    var parser = parser
    var requests: [ServerRequest] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: step) {
      bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { parser.append($0) }
      while let request = try parser.next() { requests.append(request) }
    }
    return requests
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1000])
  func `finds the same requests however the bytes are cut`(step: Int) throws {
    let requests = try parse(Self.chunked, by: step)
    try #require(requests.count == 2)
    #expect(requests[0].method == "POST")
    #expect(requests[0].path == "/a")
    #expect(requests[0].query == "b=c")
    #expect(requests[0].header("x-thing") == "some value")
    #expect(requests[0].header("x-other") == nil)
    #expect(String(decoding: requests[0].body, as: UTF8.self) == "hello world")
    #expect(requests[1].path == "/next")
    #expect(requests[1].body.isEmpty)
  }

  @Test(arguments: [
    ("GET / HTTP/1.1", "Host: x", true), ("GET / HTTP/1.1", "Host: x\r\nConnection: close", false),
    ("GET / HTTP/1.1", "Host: x\r\nConnection: TE, Close", false), ("GET / HTTP/1.0", "A: b", false),
    ("GET / HTTP/1.0", "Connection: Keep-Alive", true),
  ])
  func `knows whether the connection is kept`(line: String, headers: String, keepsAlive: Bool) throws {
    let request = try #require(try parse("\(line)\r\n\(headers)\r\n\r\n", by: 100).first)
    #expect(request.keepsAlive == keepsAlive)
    #expect(request.isHTTP11 == line.hasSuffix("1.1"))
  }

  @Test func `takes bare line feeds and blank lines in front, and the path of a whole URL`() throws {
    let request = try #require(try parse("\r\n\nGET http://host:8/p/q?r HTTP/1.1\nHost: x\n\n", by: 1).first)
    #expect(request.path == "/p/q")
    #expect(request.query == "r")
  }

  @Test(arguments: [
    ("GET /\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("\u{16}\u{03}\u{01}\u{02}\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
    ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505), ("GET / FTP\r\nHost: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\nA: \u{0}\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    (
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\na: " + String(repeating: "a", count: 5000)
        + "\r\n\r\n", 400
    ),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413),
  ])
  func `refuses what is no request`(text: String, status: Int) {
    #expect { try parse(text, by: 1000) } throws: { ($0 as? RequestParser.SyntaxError)?.status == status }
    #expect { try parse(text, by: 1) } throws: { ($0 as? RequestParser.SyntaxError)?.status == status }
  }

  @Test(arguments: ["a: bbbbbbbb\r\n", "1;" + String(repeating: "x", count: 4000) + "\r\na\r\n", "\r\n"])
  func `what has no end takes no memory that has none`(line: String) throws {
    var parser = RequestParser(maximumHead: 64 << 10, maximumBody: 1 << 10)
    func feed(_ text: String) throws {
      Array(text.utf8).withUnsafeBytes { parser.append($0) }
      while try parser.next() != nil {}
    }
    let start = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    if line != "\r\n" { try feed(start + (line.hasPrefix("a") ? "0\r\n" : "")) }
    var most = 0
    do {
      for _ in 0..<20_000 {
        try feed(line)
        most = max(most, parser.unreadCount)
      }
      #expect(line == "\r\n")
    } catch let error as RequestParser.SyntaxError {
      #expect([400, 413, 431].contains(error.status))
    }
    #expect(most < 256 << 10)
  }

  @Test func `refuses a head that does not end`() {
    let text = "GET / HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "a", count: 5000)
    #expect { try parse(text, by: 100, parser: RequestParser(maximumHead: 4096)) } throws: {
      ($0 as? RequestParser.SyntaxError)?.status == 431
    }
  }
}
