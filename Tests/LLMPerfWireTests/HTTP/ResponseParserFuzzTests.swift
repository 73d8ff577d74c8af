import LLMPerf
import LLMPerfWire
import Testing

struct ResponseParserFuzzTests {
  /// What became of a response: body and end, or the failure.
  private struct Reading: Equatable {
    var status: Int?
    var body: [UInt8] = []
    var isDone = false
    var taken = 0
    var hasFailed = false

    init(_ bytes: [UInt8], cuts: [Int]) {
      var parser = ResponseParser()
      var start = 0
      for end in cuts + [bytes.count] {
        guard !parser.isDone, !hasFailed else { break }
        do {
          taken += try bytes[start..<end].withUnsafeBufferPointer { try parser.feed($0, into: &body) }
        } catch {
          hasFailed = true
        }
        start = end
      }
      status = parser.status
      isDone = parser.isDone
    }
  }

  private static let seeds = [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n5;a=b\r\nhello\r\n"
      + "10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n",
    "HTTP/1.1 103 Early\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
    "HTTP/1.0 500 Oh\nConnection: keep-alive\n\nuntil the end",
    "\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: gzip,\r\n chunked\r\nContent-Length: 3, 3\r\n\r\n3 \r\nabc\r\n000\n\n",
  ].map { Array($0.utf8) }

  @Test(arguments: 0..<300)
  func `damaged responses are read the same however they are cut, and never past their end`(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var bytes = Self.seeds[seed % Self.seeds.count]
    for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert("\r\n 0;:fF".utf8.randomElement(using: &random) ?? 0, at: place)
      default: bytes.removeLast(bytes.count - max(1, place))
      }
    }
    let whole = Reading(bytes, cuts: [])
    #expect(whole.taken <= bytes.count)
    #expect(whole.body.count <= bytes.count)
    let every = Reading(bytes, cuts: Array(1..<max(1, bytes.count)))
    let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
    for other in [every, Reading(bytes, cuts: cuts)] {
      #expect(other.hasFailed == whole.hasFailed)
      #expect(other.isDone == whole.isDone)
      #expect(other.status == whole.status)
      // A failure ends the reading of the piece it lies in.
      if !whole.hasFailed { #expect(other == whole) }
    }
  }
}
