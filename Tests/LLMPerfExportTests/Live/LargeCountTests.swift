import LLMPerf
import Testing

@testable import LLMPerfExport

/// Counts that services state may be as large as counts can be, in every one of many answers.
struct LargeCountTests {
  private static let records = (0..<3000).map { index in
    var record = RequestRecord(index: index, dueAt: .start)
    record.sentAt = .start
    record.endedAt = RunInstant(nanoseconds: 1_000_000_000)
    record.eventCount = .max
    record.firstEventAt = .start
    record.bytesSent = .max
    record.bytesReceived = .max
    record.usage = TokenUsage(input: TokenUsage.largestCount, output: TokenUsage.largestCount)
    return record
  }

  @Test
  func `live numbers of the largest counts do not overflow`() {
    var statistics = LiveStatistics()
    var averages = ClassicAverages(concurrency: 1)
    for record in Self.records {
      statistics.add(record)
      averages.add(record)
    }
    statistics.advance(to: RunInstant(nanoseconds: 2_000_000_000), inFlight: 0)
    #expect(statistics.succeeded == 3000)
    #expect(statistics.timeline.points.count == 2)
    let output = averages.values.first { $0.key == "output tokens per request" }
    #expect(output?.value == 0x1p53)
  }

  @Test
  func `exported counters of the largest counts do not overflow`() {
    var meters = RunMeters()
    for record in Self.records { meters.add(record) }
    #expect(meters.outputTokens.approximate == 3000 * 0x1p53)
    #expect(meters.bytesSent.approximate == 3000 * 0x1p63)
  }
}
