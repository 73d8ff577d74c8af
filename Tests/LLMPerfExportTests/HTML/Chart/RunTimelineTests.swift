import LLMPerf
import Testing

@testable import LLMPerfExport

struct RunTimelineTests {
  @Test func `loses no request, token or second in flight`() {
    let rows = SampleRun(count: 500, failureShare: 0.1).rows
    let timeline = RunTimeline(rows)
    let inFlight = rows.reduce(0) { $0 + (($1.ended ?? 0) - ($1.sent ?? 0)) }
    let tokens = rows.reduce(0) { $0 + ($1.succeeded ? Double($1.outputTokens ?? 0) : 0) }
    #expect(abs(timeline.inFlight.reduce(0, +) * timeline.width - inFlight) < 1e-6 * inFlight)
    #expect(abs(timeline.tokens.reduce(0, +) * timeline.width - tokens) < 1e-6 * tokens)
    #expect(abs(timeline.finished.reduce(0, +) * timeline.width - Double(rows.filter(\.succeeded).count)) < 1e-6)
    #expect(timeline.failed.reduce(0, +) == rows.filter { !$0.succeeded }.count)
    #expect((60...125).contains(timeline.count))
  }

  @Test func `spreads a request over the slices that it spans`() {
    var row = ReportRow(index: 0, due: 0)
    row.sent = 0.5
    row.ended = 3
    row.finished = 3
    row.latency = 2.5
    let timeline = RunTimeline([row], slices: 3)
    #expect(timeline.width == 1)
    #expect(timeline.inFlight == [0.5, 1, 1])
    #expect(timeline.finished == [0, 0, 1])
    #expect(!timeline.hasTokens)
  }

  @Test func `counts failures that were never sent, and times of successes alone`() {
    var refused = ReportRow(index: 0, due: 1)
    refused.ending = .failure(RequestFailure(.refused, "connection refused"))
    refused.ended = 1.5
    var truncated = ReportRow(index: 1, due: 0)
    truncated.sent = 0
    truncated.ended = 3
    truncated.timeToFirstToken = 0.5
    truncated.ending = .failure(RequestFailure(.truncated, "cut off"))
    let timeline = RunTimeline([refused, truncated], slices: 3)
    #expect(timeline.failed == [0, 1, 1])
    #expect(timeline.inFlight == [1, 1, 1])
    #expect(timeline.firstToken.allSatisfy { $0 == nil })
  }

  @Test func `a request that the end of the run cut is no failure`() {
    var cut = ReportRow(index: 0, due: 0)
    cut.sent = 0
    cut.ended = 3
    cut.ending = .cut(by: .endOfRun)
    #expect(RunTimeline([cut], slices: 3).failed == [0, 0, 0])
  }

  @Test func `has no slices without requests`() {
    #expect(RunTimeline([]).count == 0)
    #expect(TimelineCharts(timeline: RunTimeline([ReportRow(index: 0, due: 4)])).plots.isEmpty)
  }
}
