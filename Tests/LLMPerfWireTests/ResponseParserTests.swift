import LLMPerfWire
import Testing

struct ResponseParserTests {
  private static let chunked = Array(
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\nB\r\n, world\r\n12\r\n0\r\nTrailer: 1\r\n\r\nHTTP"
      .utf8)

  @Test(arguments: 1...Self.chunked.count)
  func `finds the same body however the bytes are cut`(size: Int) throws {
    var parser = ResponseParser()
    var body: [UInt8] = []
    var taken = 0
    var offset = 0
    while offset < Self.chunked.count, !parser.isDone {
      let piece = Array(Self.chunked[offset..<min(offset + size, Self.chunked.count)])
      taken += try piece.withUnsafeBufferPointer { try parser.feed($0, into: &body) }
      offset += size
    }
    #expect(parser.isDone)
    #expect(String(decoding: body, as: UTF8.self) == "hello, world\r\n1")
    #expect(parser.status == 200)
    #expect(taken == Self.chunked.count - 4)
  }
}
