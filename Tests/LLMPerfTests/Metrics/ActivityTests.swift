import Testing

@testable import LLMPerf

struct ActivityTests {
  /// `slots` requests at a time of 100 ms each from `start` to `end` seconds, with 10 tokens at equal distances.
  private func plateau(slots: Int, from start: Int, to end: Int, firstIndex: Int = 0) -> [RequestRecord] {
    var records: [RequestRecord] = []
    for slot in 0..<slots {
      for begin in stride(from: Double(start) * 1000, to: Double(end) * 1000, by: 100) {
        let sent = begin + Double(slot) * 100 / Double(slots)
        let tokens = (1...10).map { sent + Double($0) * 10 }
        records.append(.streamed(firstIndex + records.count, sent: sent, tokens: tokens))
      }
    }
    return records
  }

  @Test
  func `finds the plateau of a closed loop and its rates`() throws {
    let summary = try summary(of: plateau(slots: 8, from: 0, to: 20))
    let window = try #require(summary.steadyWindow)
    #expect(window.start < 0.3)
    #expect(window.end > 19.7 && window.end <= 20.1)
    #expect(try #require(window.requestThroughput).isClose(to: 80, within: 0.02))
    #expect(try #require(window.outputTokenThroughput).isClose(to: 800, within: 0.02))
    #expect(try #require(window.meanInFlight).isClose(to: 8, within: 0.05))
  }

  @Test
  func `leaves ramp and drain out`() throws {
    let records =
      plateau(slots: 2, from: 0, to: 4) + plateau(slots: 20, from: 4, to: 16, firstIndex: 1000)
      + plateau(slots: 2, from: 16, to: 20, firstIndex: 9000)
    let window = try #require(try summary(of: records).steadyWindow)
    #expect(window.start >= 4 && window.start < 4.3)
    #expect(window.end > 15.7 && window.end < 16.3)
    #expect(try #require(window.requestThroughput).isClose(to: 200, within: 0.03))
  }

  @Test
  func `finds none in a run that is too short`() throws {
    #expect(try summary(of: plateau(slots: 4, from: 0, to: 20).filter { $0.index < 4 }).steadyWindow == nil)
    #expect(
      try summary(of: Array(plateau(slots: 18, from: 0, to: 1).filter { ($0.sentAt?.seconds ?? 1) < 0.1 })).steadyWindow
        == nil)
  }

  @Test
  func `finds none while a backlog grows`() throws {
    // Sent every 10 ms, served one every 20 ms.
    let records = (0..<1000).map { index -> RequestRecord in
      let end = Double(index + 1) * 20
      return .streamed(index, sent: Double(index) * 10, tokens: [end - 5, end])
    }
    #expect(try summary(of: records).steadyWindow == nil)
  }

  @Test
  func `tells the run second by second`() throws {
    let records = plateau(slots: 2, from: 0, to: 3) + [.failed(500, sent: 2500, end: 2600)]
    let timeline = try summary(of: records).timeline
    #expect(timeline.width == 1)
    #expect(timeline.buckets.map(\.start) == [0, 1, 2, 3])
    #expect(timeline.buckets.map(\.sent) == [20, 20, 21, 0])
    #expect(timeline.buckets.map(\.ended).reduce(0, +) == 61)
    #expect(timeline.buckets.map(\.failed) == [0, 0, 1, 0])
    #expect(timeline.buckets.map(\.inFlight) == [2, 2, 2, 0])
    #expect(timeline.buckets.compactMap(\.outputTokens).reduce(0, +).isClose(to: 600))
    #expect(timeline.buckets[1].timeToFirstTokenP50 == 0.01)
    #expect(timeline.buckets[3].timeToFirstTokenP99 == nil)
  }

  @Test
  func `doubles its buckets when the run is long`() throws {
    let records = (0..<100).map {
      RequestRecord.streamed($0, sent: Double($0) * 100_000, tokens: [Double($0) * 100_000 + 50])
    }
    let summary = try summary(of: records)
    #expect(summary.timeline.width == 4)
    #expect(summary.timeline.buckets.count == 2476)
    #expect(summary.timeline.buckets.map(\.sent).reduce(0, +) == 100)
    #expect(summary.timeline.buckets[25].sent == 1)
  }

  @Test
  func `gives each event the tokens that the service told`() {
    var record = RequestRecord.streamed(0, sent: 0, tokens: [500, 1500, 2500], output: 10)
    record.tokensPerEvent = [1, 6, 2]
    var activity = ActivitySeries()
    activity.noteOutput(of: record, end: .milliseconds(2500))
    let seconds = ActivitySeries.merged(activity.buckets, by: 128)
    #expect(seconds.map(\.usageTokens) == [1, 6, 3])
    record.tokensPerEvent = []
    activity = ActivitySeries()
    activity.noteOutput(of: record, end: .milliseconds(2500))
    #expect(ActivitySeries.merged(activity.buckets, by: 128).map { ($0.usageTokens * 3).rounded() } == [10, 10, 10])
  }
}
