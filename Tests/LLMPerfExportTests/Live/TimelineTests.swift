import Testing

@testable import LLMPerfExport

struct TimelineTests {
  @Test
  func `counts what ended in each second`() {
    var timeline = Timeline(capacity: 10)
    timeline.add(succeeded: true, outputTokens: 5, timeToFirstToken: 0.3)
    timeline.add(succeeded: true, outputTokens: 5, timeToFirstToken: 0.1)
    timeline.add(succeeded: true, outputTokens: 1, timeToFirstToken: 0.2)
    timeline.advance(to: 1.5, inFlight: 4)
    timeline.add(succeeded: false, outputTokens: 0, timeToFirstToken: nil)
    timeline.advance(to: 3.2, inFlight: 2)
    #expect(timeline.points.map(\.succeeded) == [3, 0, 0])
    #expect(timeline.points.map(\.failed) == [0, 1, 0])
    #expect(timeline.points.map(\.timeToFirstToken) == [0.2, nil, nil])
    #expect(timeline.points[0].outputTokens == 11 && timeline.points[0].inFlight == 4)
  }

  @Test
  func `never has more points than its capacity, and loses no count`() {
    var timeline = Timeline(capacity: 8)
    for second in 0..<1000 {
      timeline.add(succeeded: second % 3 > 0, outputTokens: 2, timeToFirstToken: 1)
      timeline.advance(to: Double(second + 1), inFlight: 1)
      #expect(timeline.points.count < 8)
    }
    #expect(timeline.width == 128)
    timeline.advance(to: 1024, inFlight: 0)
    #expect(timeline.points.reduce(0) { $0 + $1.succeeded + $1.failed } == 1000)
    #expect(timeline.points.allSatisfy { $0.timeToFirstToken == 1 })
  }
}
