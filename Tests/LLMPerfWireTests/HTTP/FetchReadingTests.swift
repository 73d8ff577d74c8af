import LLMPerfWire
import Testing

struct FetchReadingTests {
  private static let responses: [(wire: String, status: Int, body: String, keepsAlive: Bool)] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n", 404, "", true),
    (
      "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n", 200, "abcde",
      true
    ),
    ("HTTP/1.1 204 None\r\nConnection: close\r\n\r\n", 204, "", false),
    ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false),
  ]

  @Test(arguments: responses.indices)
  func `reads the same response however its bytes are split`(index: Int) throws {
    let expected = Self.responses[index]
    let bytes = Array(expected.wire.utf8)
    for size in 1...bytes.count {
      var reading = FetchReading()
      for start in stride(from: 0, to: bytes.count, by: size) {
        #expect(!reading.isComplete)
        try reading.feed(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(reading.isComplete)
      #expect(reading.response.status == expected.status)
      #expect(String(decoding: reading.response.body, as: UTF8.self) == expected.body)
      #expect(reading.keepsAlive == expected.keepsAlive)
    }
  }

  @Test
  func `a body without a length ends with the connection`() throws {
    var reading = FetchReading()
    try reading.feed(Array("HTTP/1.1 200 OK\r\n\r\nabc".utf8))
    #expect(!reading.isComplete)
    try reading.end()
    #expect(reading.isComplete && !reading.keepsAlive)
    #expect(reading.response.body == Array("abc".utf8))
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "HTTP/1.1 +200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nContent-Length: nan\r\n\r\nx",
  ])
  func `refuses what is not HTTP`(wire: String) {
    var reading = FetchReading()
    #expect(throws: FetchFailure.self) { try reading.feed(Array(wire.utf8)) }
  }

  @Test
  func `interim answers and trailers have an end`() {
    let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    let chunked = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n".utf8)
    for (first, line) in [([], interim), (chunked, Array("X: y\r\n".utf8))] {
      #expect(throws: FetchFailure.self) {
        var reading = FetchReading()
        try reading.feed(first)
        for _ in 0..<100_000 { try reading.feed(line) }
      }
    }
  }

  @Test(arguments: [1, 1000, 1 << 20])
  func `what is too long is refused however its bytes are split`(size: Int) {
    let long = String(repeating: "a", count: 70_000)
    for wire in [
      "HTTP/1.1 200 OK\r\nX: \(long)\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: \(long)\r\n\r\n",
    ] {
      let bytes = Array(wire.utf8)
      var reading = FetchReading()
      #expect(throws: FetchFailure.self) {
        // Byte by byte only where it is decided.
        try reading.feed(bytes[..<64_000])
        for start in stride(from: 64_000, to: bytes.count, by: size) {
          try reading.feed(bytes[start..<min(start + size, bytes.count)])
        }
      }
    }
  }

  @Test
  func `an end in the middle of a body is a failure`() throws {
    var reading = FetchReading()
    try reading.feed(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel".utf8))
    #expect(throws: FetchFailure.self) { try reading.end() }
  }

  @Test
  func `every header is kept, in its order and with the values as they stand`() throws {
    var reading = FetchReading()
    try reading.feed(Array("HTTP/1.1 100 Continue\r\nX: 0\r\n\r\n".utf8))
    try reading.feed(
      Array("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie:  b=\"2\"\t\r\nContent-Length: 0\r\n\r\n".utf8))
    #expect(reading.response.headers.map(\.name) == ["Set-Cookie", "set-cookie", "Content-Length"])
    #expect(reading.response.headers.map(\.value) == ["a=1", "b=\"2\"", "0"])
    #expect(reading.response.header("SET-COOKIE") == "a=1")
  }

  @Test
  func `the answer to HEAD has no body, whatever its head promises`() throws {
    for field in ["Content-Length: 5", "Transfer-Encoding: chunked", "X: y"] {
      var reading = FetchReading(method: "HEAD")
      try reading.feed(Array("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n".utf8))
      #expect(reading.isComplete && reading.keepsAlive)
      #expect(reading.response.body.isEmpty)
    }
  }

  @Test(arguments: [
    "Content-Length: 6\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
    "X: y\r\n\r\nabcdef",
  ])
  func `a body is refused as soon as it is longer than the limit`(rest: String) throws {
    let wire = Array("HTTP/1.1 200 OK\r\n\(rest)".utf8)
    #expect(throws: FetchFailure.self) {
      var reading = FetchReading(longestBody: 5)
      try reading.feed(wire)
    }
    #expect(throws: Never.self) {
      var reading = FetchReading(longestBody: 6)
      try reading.feed(wire)
    }
  }

  @Test
  func `bytes behind a response cost its connection`() throws {
    var reading = FetchReading()
    try reading.feed(Array("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP".utf8))
    #expect(reading.isComplete && !reading.keepsAlive)
    #expect(reading.response.body == Array("x".utf8))
  }
}
