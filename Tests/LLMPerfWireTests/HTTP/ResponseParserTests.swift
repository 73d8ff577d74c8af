import LLMPerf
import LLMPerfWire
import Testing

struct ResponseParserTests {
  /// What the parser makes of bytes that come in pieces, and how many it took.
  private struct Reading {
    var parser = ResponseParser()
    var body: [UInt8] = []
    var taken = 0

    init() {}

    init(_ bytes: [UInt8], pieces size: Int = .max) throws {
      var offset = 0
      while offset < bytes.count, !parser.isDone {
        let end = size < bytes.count - offset ? offset + size : bytes.count
        try feed(Array(bytes[offset..<end]))
        offset = end
      }
    }

    init(_ text: String, pieces size: Int = .max) throws {
      try self.init(Array(text.utf8), pieces: size)
    }

    mutating func feed(_ bytes: [UInt8]) throws {
      taken += try bytes.withUnsafeBufferPointer { try parser.feed($0, into: &body) }
    }

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  private static let chunked =
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    + "5;x=1\r\nhello\r\nB\r\n, world\r\n12\r\n0\r\nTrailer: 1\r\n\r\nHTTP"

  @Test(arguments: 1...Self.chunked.utf8.count)
  func `finds the same body however the bytes are cut`(size: Int) throws {
    let reading = try Reading(Self.chunked, pieces: size)
    #expect(reading.parser.isDone)
    #expect(reading.text == "hello, world\r\n12")
    #expect(reading.parser.status == 200)
    #expect(reading.taken == Self.chunked.utf8.count - 4)
  }

  @Test(arguments: [
    "5\r\nhello\r\n0\r\n\r\n",
    "5;name=value;q=\"0\"\r\nhello\r\n0;last\r\n\r\n",
    "5 \r\nhello\r\n0 \r\n\r\n",
    "005\r\nhello\r\n000\r\n\r\n",
    "5\nhello\n0\n\n",
    "5\t ;x\r\nhello\r\n0\r\n\r\n", "00000000000000000000000005\r\nhello\r\n0\r\n\r\n",
    "2\r\nhe\r\n3\r\nllo\r\n0\r\nA: 1\r\nB: 2\r\n\r\n",
  ])
  func `reads chunks in every form that services write`(chunks: String) throws {
    for size in 1...chunks.utf8.count {
      let reading = try Reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, pieces: size)
      #expect(reading.parser.isDone)
      #expect(reading.text == "hello")
      #expect(!reading.parser.closesConnection)
    }
  }

  @Test(arguments: ["A", "a", "0A"])
  func `reads chunk sizes as hexadecimal numbers`(size: String) throws {
    let reading = try Reading(
      "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n\(size)\r\n0123456789\r\n0\r\n\r\n")
    #expect(reading.text == "0123456789")
  }

  @Test(arguments: [
    "zz\r\n", "\r\n", ";x\r\n", "-1\r\n", "0x5\r\nhello\r\n", "FFFFFFFFFFFFFFFF\r\n", "5\r\nhelloworld\r\n",
    "8000000000000000\r\n", "10000000000000000\r\n", "+5\r\nhello\r\n", "5 x\r\nhello\r\n", "5\rx\nhello\r\n",
    "5\r\nhello\r\r\n0\r\n\r\n", "5_0\r\n",
  ])
  func `refuses chunks that lie about their size`(chunks: String) {
    for size in 1...chunks.utf8.count {
      #expect(throws: ResponseParser.Failure.self) {
        try Reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, pieces: size)
      }
    }
  }

  @Test(arguments: ["5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\nA: 1\r\n"])
  func `chunks without an end are not complete`(chunks: String) throws {
    let reading = try Reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    #expect(!reading.parser.isDone)
    #expect(!reading.parser.endsWithConnection)
  }

  @Test
  func `a body with a length ends there and leaves the rest`() throws {
    let reading = try Reading("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1")
    #expect(reading.parser.isDone)
    #expect(reading.text == "hello")
    #expect(reading.taken == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".utf8.count)
  }

  @Test
  func `a body shorter than its length is not complete`() throws {
    let reading = try Reading("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello")
    #expect(!reading.parser.isDone)
    #expect(!reading.parser.endsWithConnection)
  }

  @Test(arguments: ["many", "-1", "+5", "5 5", "", "0x5", "99999999999999999999", "5\r\nContent-Length: 6"])
  func `refuses a length that is no number`(length: String) {
    #expect(throws: ResponseParser.Failure.self) {
      try Reading("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nhello")
    }
  }

  @Test
  func `a length given twice alike is one`() throws {
    for length in ["2\r\ncontent-length: 2", "2, 2", "\t2\t", "002"] {
      let reading = try Reading("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nok")
      #expect(reading.parser.isDone)
    }
    #expect(try !Reading("HTTP/1.1 200 OK\r\nContent-Length: \(Int.max)\r\n\r\nok").parser.isDone)
  }

  @Test
  func `a body without a length goes on until the connection closes`() throws {
    let reading = try Reading("HTTP/1.1 200 OK\r\n\r\nhello")
    #expect(!reading.parser.isDone)
    #expect(reading.parser.endsWithConnection)
    #expect(reading.parser.closesConnection)
    #expect(reading.text == "hello")
  }

  @Test(arguments: [
    "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  ])
  func `a response that has no body ends with its head`(text: String) throws {
    let reading = try Reading(text)
    #expect(reading.parser.isDone)
    #expect(reading.body.isEmpty)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\n", false), ("HTTP/1.0 200 OK\r\n", true),
    ("HTTP/1.1 200 OK\r\nConnection: close\r\n", true), ("HTTP/1.1 200 OK\r\nCONNECTION: TE , Close\r\n", true),
    ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", false), ("HTTP/1.1 200 OK\r\nConnection: upgrade\r\n", false),
  ])
  func `tells whether the connection can serve on`(head: String, closes: Bool) throws {
    #expect(try Reading(head + "Content-Length: 0\r\n\r\n").parser.closesConnection == closes)
  }

  @Test(arguments: [
    ("HTTP/1.1 200\r\n", 200), ("HTTP/1.1 404 \r\n", 404), ("HTTP/1.1 200 OK\n", 200), ("HTTP/1.1 999 Odd\r\n", 999),
    ("HTTP/1.1 503 Überlastet\r\n", 503),
  ])
  func `reads status lines as services write them`(line: String, status: Int) throws {
    #expect(try Reading(line + "Content-Length: 0\r\n\r\n").parser.status == status)
  }

  @Test(arguments: ["gzip", " GZIP ", "br"])
  func `tells the content coding`(coding: String) throws {
    let reading = try Reading("HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: 0\r\n\r\n")
    #expect(reading.parser.contentEncoding == coding.split(separator: " ").joined())
  }

  @Test(arguments: ["identity", "", "Identity", "identity, identity", "none"])
  func `identity is no content coding`(coding: String) throws {
    let reading = try Reading("HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: 0\r\n\r\n")
    #expect(reading.parser.contentEncoding == nil)
  }

  /// The settings frame that an HTTP/2 server begins with, a TLS alert, and greetings of other services.
  private static let strangers: [[UInt8]] = [
    [0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 128], [21, 3, 1, 0, 2, 2, 70], Array("SSH-2.0-OpenSSH\r\n".utf8),
    Array("220 mail ready\r\n".utf8), Array("HTTP/2 200 \r\n\r\n".utf8), Array("HTTP/1.1 OK 200\r\n\r\n".utf8),
    Array("HTTP/1.1\t200 OK\r\n\r\n".utf8), Array("HTTP/1.1  200 OK\r\n\r\n".utf8),
    Array("HTTP/1.01 200 OK\r\n\r\n".utf8),
    Array("HTTP/1.1 2000 OK\r\n\r\n".utf8), Array("HTTP/1.x 200 OK\r\n\r\n".utf8),
    Array("HTTP/1.1 +20 OK\r\n\r\n".utf8),
    Array("HTTP/1.1 099 OK\r\n\r\n".utf8), Array("HTTPER/1.1 200 OK\r\n\r\n".utf8),
    Array("HTTP/1.1\r\n\r\n".utf8), Array("HTTP/1.1 20\r\n\r\n".utf8), Array("ICY 200 OK\r\n\r\n".utf8),
  ]

  @Test(arguments: Self.strangers)
  func `refuses what is not HTTP and shows how it begins`(bytes: [UInt8]) {
    for size in 1...bytes.count {
      let error = #expect(throws: ResponseParser.Failure.self) { try Reading(bytes, pieces: size) }
      #expect(error?.message.hasPrefix("not HTTP/1.1") == true)
      #expect(error?.message.utf8.allSatisfy { 0x20..<0x7F ~= $0 } == true)
    }
  }

  @Test
  func `takes a large head and refuses one without an end`() throws {
    let line = "X-Padding: " + String(repeating: "x", count: 8000) + "\r\n"
    let head = "HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 16)
    #expect(try Reading(head + "Content-Length: 2\r\n\r\nok", pieces: 4096).text == "ok")
    let endless = "HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 40)
    #expect(throws: ResponseParser.Failure.self) { try Reading(endless, pieces: 4096) }
    #expect(throws: ResponseParser.Failure.self) { try Reading(endless) }
  }

  @Test
  func `holds on to memory of its own only`() throws {
    var reading = Reading()
    try reading.feed(Array("HTTP/1.1 200 OK\r\nContent-Len".utf8))
    #expect(reading.parser.status == nil)
    try reading.feed(Array("gth: 2\r\n\r\n".utf8))
    #expect(reading.parser.status == 200)
    try reading.feed(Array("ok".utf8))
    #expect(reading.text == "ok")
  }

  /// Whether a body ends, and how, by its head: RFC 9112, 6.3, and the cases of llhttp.
  @Test(arguments: [
    ("Transfer-Encoding: chunked\r\nContent-Length: 9\r\n", "2\r\nok\r\n0\r\n\r\n", "ok", true, true),
    ("Content-Length: 9\r\nTransfer-Encoding: chunked\r\n", "2\r\nok\r\n0\r\n\r\n", "ok", true, true),
    ("Transfer-Encoding: CHUNKED\r\n", "2\r\nok\r\n0\r\n\r\n", "ok", true, false),
    ("Transfer-Encoding:\r\n  chunked\r\n", "2\r\nok\r\n0\r\n\r\n", "ok", true, false),
    ("Transfer-Encoding: ,chunked,\r\n", "2\r\nok\r\n0\r\n\r\n", "ok", true, false),
    ("Transfer-Encoding : chunked\r\n", "2\r\nok\r\n0\r\n\r\n", "ok", true, false),
    ("Transfer-Encoding: identity\r\nContent-Length: 2\r\n", "ok", "ok", true, false),
    ("Transfer-Encoding:\r\nContent-Length: 2\r\n", "ok", "ok", true, false),
    ("Transfer-Encoding: chunked, deflate\r\n", "ok", "ok", false, true),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: deflate\r\n", "ok", "ok", false, true),
    ("Transfer-Encoding: chunkedchunked\r\n", "2\r\nok", "2\r\nok", false, true),
    ("Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n", "ok", "ok", false, true),
    ("Transfer-Encoding: chunked\r\n  abc\r\n", "ok", "ok", false, true),
    ("Content-Length-X: 0\r\n", "ok", "ok", false, true),
    ("No colon\r\n: no name\r\nContent-Length: 2\r\n", "ok", "ok", true, false),
    ("X-Folded: a\r\n Content-Length: 7\r\nContent-Length: 2\r\n", "ok", "ok", true, false),
  ])
  func `the head says where the body ends`(head: String, body: String, text: String, isDone: Bool, closes: Bool) throws
  {
    for size in [1, 2, 5, .max] {
      let reading = try Reading("HTTP/1.1 200 OK\r\n\(head)\r\n\(body)", pieces: size)
      #expect(reading.text == text)
      #expect(reading.parser.isDone == isDone)
      #expect(reading.parser.closesConnection == closes)
      #expect(isDone || reading.parser.endsWithConnection)
    }
  }

  @Test(arguments: [("gzip, chunked", "gzip"), ("deflate", "deflate"), ("chunked", nil), ("identity", nil)])
  func `a transfer coding that is not undone is told`(coding: String, told: String?) throws {
    let reading = try Reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: \(coding)\r\n\r\n")
    #expect(reading.parser.contentEncoding == told)
    #expect(throws: ResponseParser.Failure.self) {
      try Reading("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n")
    }
  }

  @Test(arguments: ["\r\n", "\n", "\r\n\r\n\r\n", "\r", "\r\nHTTP/1.1 100 Continue\r\n\r\n\r\n"])
  func `empty lines before a response are skipped`(lines: String) throws {
    for size in [1, 3, .max] {
      let reading = try Reading(lines + Response.whole("200 OK", "ok"), pieces: size)
      #expect(reading.parser.isDone)
      #expect(reading.text == "ok")
    }
  }

  @Test
  func `an interim response is counted, and is not the response's beginning`() throws {
    var reading = Reading()
    #expect(reading.parser.isBeforeHead)
    for count in 1...3 {
      try reading.feed(Array("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n\r\n".utf8))
      #expect(reading.parser.interimCount == count)
      #expect(reading.parser.isBeforeHead)
    }
    try reading.feed(Array("HTTP/1.1 2".utf8))
    #expect(!reading.parser.isBeforeHead)
    try reading.feed(Array("00 OK\r\nContent-Length: 2\r\n\r\nok".utf8))
    #expect(!reading.parser.isBeforeHead)
    #expect(reading.parser.isDone)
  }

  /// Were each of these read in time that grows with the square of its length, it would take minutes.
  @Test(arguments: [
    ("", "HTTP/1.1 100 Continue\r\n\r\n", "interim responses came, and no answer"),
    ("", "\r\n", "nothing but empty lines"),
    ("HTTP/1.1 200 OK\r\n", "a:\n", "head has no end"), ("HTTP/1.1 200 OK\r\n", "\r", "head has no end"),
    ("HTTP/1.1 200 OK\r\nX: ", "\n ", "head has no end"), ("HTTP/1.1 200 ", "OK", "head has no end"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0", "a chunk size has no end"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", "x", "the line of a chunk size has no end"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5", " ", "the line of a chunk size has no end"),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n", "lines after the last chunk have no end"
    ),
  ])
  func `floods that mean nothing come to an end`(start: String, piece: String, words: String) {
    let flood = Array((start + String(repeating: piece, count: 300_000)).utf8)
    for size in [997, 64 << 10, .max] {
      let error = #expect(throws: ResponseParser.Failure.self) { try Reading(flood, pieces: size) }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test
  func `a body of the smallest chunks is read in one go`() throws {
    let chunks = String(repeating: "1\r\nx\r\n", count: 300_000)
    let reading = try Reading(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n", pieces: 64 << 10)
    #expect(reading.parser.isDone)
    #expect(reading.body.count == 300_000)
  }
}
