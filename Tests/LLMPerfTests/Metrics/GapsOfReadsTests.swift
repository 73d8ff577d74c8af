import Testing

@testable import LLMPerf

struct GapsOfReadsTests {
  /// A success whose events came at `times`, in ms, and waited for `wait` ms for their reads at most.
  private static func answer(_ index: Int, at times: [Int], wait: Int) -> RequestRecord {
    var record = RequestRecord(index: index, dueAt: .start)
    record.sentAt = .start
    record.status = 200
    record.isStreamed = true
    record.tokenEventTimes = times.map { RunInstant(nanoseconds: Int64($0) * 1_000_000) }
    record.firstTokenAt = record.tokenEventTimes.first
    record.lastTokenAt = record.tokenEventTimes.last
    record.endedAt = record.lastTokenAt
    record.kernelStamped = true
    record.longestReadDelay = .milliseconds(wait)
    return record
  }

  private static func summary(of answers: [(times: [Int], wait: Int)]) throws -> RunSummary {
    let builder = SummaryBuilder()
    for (index, answer) in answers.enumerated() {
      builder.receive([Self.answer(index, at: answer.times, wait: answer.wait)])
    }
    return try builder.summary()
  }

  @Test
  func `gaps of zero are those of late reads where events wait as long as the service pauses`() throws {
    // Five events 20 ms apart, read every 40 ms; and five that were read on time.
    let summary = try Self.summary(of: [([20, 60, 60, 100, 100], 30), ([20, 40, 60, 80, 100], 1)])
    #expect(summary.gaps.zeroShare == 0.25)
    #expect(summary.gaps.lateShare == 0.25)
  }

  @Test
  func `gaps of zero are the service's where every event was read long before the next was due`() throws {
    // Four tokens in each write, a write every 40 ms.
    let summary = try Self.summary(of: [([20, 20, 20, 20, 60, 60, 60, 60, 100, 100, 100, 100], 2)])
    #expect(summary.gaps.zeroShare.map { ($0 * 11).rounded() } == 9)
    #expect(summary.gaps.lateShare == 0)
  }

  @Test(arguments: [[], [20], [20, 20], [20, 20, 20]])
  func `an answer that came at once has no gaps to be late for`(times: [Int]) throws {
    let summary = try Self.summary(of: [(times, 500), ([20, 40], 1)])
    #expect(summary.gaps.lateShare == 0)
  }

  @Test
  func `half a percent of the gaps is told with the size of their error, a quarter makes the run invalid`() throws {
    // One of 100 answers with four gaps, then every one.
    let onTime = (times: [20, 40, 60, 80, 100], wait: 1)
    let late = (times: [20, 60, 60, 100, 100], wait: 30)
    for (lateOnes, level) in [(0, nil), (1, nil), (2, .suspect), (60, .invalid)] as [(Int, Verdict.Level?)] {
      let answers = Array(repeating: late, count: lateOnes) + Array(repeating: onTime, count: 100 - lateOnes)
      let reason = Verdict(try Self.summary(of: answers)).reasons.first { $0.code == "late-reads" }
      #expect(reason?.level == level, "\(lateOnes) of 100")
      guard let reason else { continue }
      #expect(reason.message.contains("(ICL)") && reason.message.contains("up to 30.00 ms"))
    }
  }
}
