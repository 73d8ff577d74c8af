import Testing

@testable import LLMPerf

struct SummaryOrderTests {
  private static let options = SummaryOptions(isOpenLoop: true)

  private func report(_ summary: RunSummary) -> String {
    SummaryJSON(summary).members.map(\.value.description).joined(separator: "\n")
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `gives the same numbers however the records are divided and ordered`(seed: UInt64) throws {
    var random = KnuthGenerator(seed: seed)
    let records = RequestRecord.closedLoop(parallel: 6, rounds: 60, seed: seed, failing: 17)
    let whole = try summary(of: records, Self.options)
    let builder = SummaryBuilder()
    var rest = records.shuffled(using: &random)[...]
    while !rest.isEmpty {
      let count = 1 + Int(random.nextUnit() * 20)
      builder.receive(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    let parts = try builder.summary(Self.options)
    #expect(report(parts) == report(whole))
    #expect(parts.classic == whole.classic)
    #expect(parts.timeline.buckets.map(\.ended) == whole.timeline.buckets.map(\.ended))
    for (part, all) in zip(parts.timeline.buckets, whole.timeline.buckets) {
      #expect(try #require(part.outputTokens).isClose(to: #require(all.outputTokens), within: 1e-9))
    }
  }

  @Test
  func `may be asked in the middle and goes on`() throws {
    let records = RequestRecord.closedLoop(parallel: 3, rounds: 30)
    let builder = SummaryBuilder()
    builder.receive(Array(records.prefix(40)))
    #expect(try report(builder.summary()) == report(summary(of: Array(records.prefix(40)))))
    builder.receive(Array(records.dropFirst(40)))
    #expect(try report(builder.summary()) == report(summary(of: records)))
  }

  @Test
  func `needs nothing of a record that a database does not keep`() throws {
    let records = RequestRecord.closedLoop(parallel: 3, rounds: 30, failing: 11)
    let restored = records.map { record in
      var record = record
      record.bodies = nil
      record.finishReason = nil
      // Seconds as text with nine decimals and back.
      record.tokenEventTimes = record.tokenEventTimes.map {
        RunInstant(nanoseconds: Int64(((Double(NumberText.fixed($0.seconds, digits: 9)) ?? 0) * 1e9).rounded()))
      }
      return record
    }
    #expect(try report(summary(of: restored)) == report(summary(of: records)))
  }
}
