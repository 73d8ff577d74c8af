import LLMPerf
import Testing

struct EventStreamParserTests {
  func parse(_ bytes: [UInt8], from start: Int = 0) -> [ServerSentEvent] {
    let body = bytes[start...]
    return body.withUnsafeBufferPointer { buffer in
      var parser = EventStreamParser(body, buffer)
      var events: [ServerSentEvent] = []
      while let event = parser.next() { events.append(event) }
      return events
    }
  }

  func data(_ text: String) -> [String] { parse(Array(text.utf8)).map { String(decoding: $0.data, as: UTF8.self) } }

  @Test(arguments: [
    ("data: a\n\ndata: b\n\n", ["a", "b"]), ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
    ("data: a\r\rdata: b\r\r", ["a", "b"]), ("data: a\r\n\ndata: b\n\r\n", ["a", "b"]),
    ("\u{FEFF}data: a\n\n", ["a"]), ("data:a\ndata:  b\n\n", ["a\n b"]), ("data\n\ndata:\n\n", ["", ""]),
    ("event: x\n\nid: 1\nretry: 2\n\n: ping\n\n", []), ("data: a", ["a"]), ("data: a\n", ["a"]), ("", []),
    ("\n\n\n", []),
    ("database: x\ndata: y\n\n", ["y"]), ("data: a\u{2028}b\u{85}c\n\n", ["a\u{2028}b\u{85}c"]),
    ("data: a: b\n\n", ["a: b"]), (" data: a\n\n", []), ("data: a\n:c\ndata: b\n\n", ["a\nb"]),
  ])
  func `splits lines and events by the standard's rules`(text: String, expected: [String]) {
    #expect(data(text) == expected)
  }

  @Test
  func `keeps names, comments and unknown fields with their event`() throws {
    let events = parse(Array("id:1\nevent:error\n:HTTP_STATUS/429\n:\nmeta:{}\ndata:x\n\ndata:y\n\n".utf8))
    let first = try #require(events.first)
    #expect(Array(first.name) == Array("error".utf8))
    #expect(Array(first.comment) == Array("HTTP_STATUS/429".utf8))
    #expect(first.otherFields.map { Array($0.value) } == [Array("{}".utf8)])
    #expect(events[1].name.isEmpty && events[1].comment.isEmpty && events[1].otherFields.isEmpty)
  }

  @Test(arguments: [
    ("data: a\n\n", 8), ("data: a\r\n\r\n", 9), ("data: a\r\r", 8), ("data: a", 7), ("data: a\nid: 1\n\n", 8),
  ])
  func `stamps an event by the end of its last data line`(text: String, offset: Int) {
    #expect(parse(Array(text.utf8)).map(\.endOffset) == [offset])
  }

  @Test
  func `tells offsets of the body that it was given`() {
    let bytes = Array("....data: a\n\nevent: x\ndata: b\n\n".utf8)
    let events = parse(bytes, from: 4)
    #expect(events.map(\.data.startIndex) == [10, 28])
    #expect(events.map(\.endOffset) == [12, 30])
    #expect(bytes[28] == UInt8(ascii: "b"))
  }

  @Test
  func `takes a line of 16 MiB`() {
    let long = [UInt8]("data: ".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 16 << 20)
    #expect(parse(long).first?.data.count == 16 << 20)
  }

  /// What a hostile service sends: were time to grow with the square of its length, these would take minutes.
  @Test(arguments: [
    ("\r", 2 << 20, 0), ("\n", 2 << 20, 0), ("data: a\r\r", 200_000, 200_000), (":\r", 400_000, 0),
    ("data\r\n\r\n", 200_000, 200_000),
    ("id: 1\r", 300_000, 0), ("data: a\n", 400_000, 1), ("data: a\r", 400_000, 1), ("data:\n", 400_000, 1),
    ("x: y\n", 200_000, 0), ("data: a\n:\r", 300_000, 1),
  ])
  func `floods of short lines are read in one go`(piece: String, count: Int, events: Int) {
    let body = Array(String(repeating: piece, count: count).utf8)
    let found = parse(body)
    #expect(found.count == events)
    if events == 1 { #expect(found.first?.data.count(where: { $0 == 0x0A }) == count - 1) }
  }
}
