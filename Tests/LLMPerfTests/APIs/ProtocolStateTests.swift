import LLMPerf
import Testing

/// What a protocol keeps for itself while it reads a response.
struct ProtocolStateTests {
  private struct Pieces {
    var count = 0
    var bytes: [UInt8] = []
  }

  private static func add(_ byte: UInt8, to reading: inout ResponseReading) -> Int {
    reading.withState(Pieces()) { pieces, reading in
      pieces.count += 1
      pieces.bytes.append(byte)
      reading.text = pieces.bytes
      return pieces.count
    }
  }

  @Test
  func `stays from one event to the next`() {
    var reading = ResponseReading()
    #expect((1...3).map { Self.add($0, to: &reading) } == [1, 2, 3])
    #expect(reading.text == [1, 2, 3])
  }

  @Test
  func `belongs to one response`() {
    var first = ResponseReading()
    _ = Self.add(1, to: &first)
    var second = first
    _ = Self.add(2, to: &second)
    _ = Self.add(3, to: &first)
    #expect(first.text == [1, 3] && second.text == [1, 2])
    var other = ResponseReading()
    #expect(Self.add(9, to: &other) == 1)
  }

  private struct Stumble: Error {}

  @Test
  func `keeps what was changed before an error`() {
    var reading = ResponseReading()
    #expect(throws: Stumble.self) {
      try reading.withState(Pieces()) { pieces, _ in
        pieces.count = 7
        throw Stumble()
      }
    }
    #expect(reading.withState(Pieces()) { pieces, _ in pieces.count } == 7)
  }
}
