import Testing

@testable import LLMPerf

struct FirstSlackTests {
  private static let role = #"data: {"choices":[{"delta":{"role":"assistant","content":""}}]}"# + "\n\n"
  private static func token(_ text: String) -> String {
    #"data: {"choices":[{"delta":{"content":"\#(text)"}}]}"# + "\n\n"
  }
  private static let end = #"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"

  /// The slack of an answer whose reads brought `parts`, 10 ms apart and each with a slack of 7 ms.
  private func slack(_ parts: [String], endsWithLastRead: Bool = false, sendDelay: Int64 = 0) throws -> Duration? {
    var exchange = FinishedExchange(
      request: ScheduledRequest(index: 0, wire: Array("{}".utf8), bodyStart: 0), dueAt: .start)
    exchange.sentAt = .start
    exchange.sendDelay = sendDelay
    exchange.status = 200
    exchange.isComplete = true
    for (place, part) in parts.enumerated() {
      exchange.body += part.utf8
      let at = RunInstant(nanoseconds: Int64(place + 1) * 10_000_000)
      exchange.arrivals.append(.init(end: exchange.body.count, at: at, slack: 7_000_000))
    }
    let last = exchange.arrivals.last?.at ?? .start
    exchange.endedAt = endsWithLastRead ? last : last + .milliseconds(1)
    return try ResponseAnalyzer(api: OpenAIAPI(APIOptions(model: "m"))).records(of: [exchange]).first?.firstSlack
  }

  @Test
  func `a first token that was the last of its read has its own stamp`() throws {
    #expect(try slack([Self.role, Self.token("a"), Self.token("b"), Self.end]) == .zero)
    #expect(try slack([Self.role + Self.token("a"), Self.token("b") + Self.end]) == .zero)
    let cut = Self.token("a")
    #expect(try slack([String(cut.prefix(20)), String(cut.dropFirst(20)), Self.end]) == .zero)
  }

  @Test
  func `whatever lies behind it in the same read may have moved its stamp`() throws {
    #expect(try slack([Self.role, Self.token("a") + Self.token("b"), Self.end]) == .milliseconds(7))
    #expect(try slack([Self.token("a") + ": ping\n\n", Self.token("b") + Self.end]) == .milliseconds(7))
    #expect(try slack([Self.token("a") + "d", "ata: x\n\n"]) == .milliseconds(7))
    #expect(try slack([Self.token("a") + Self.end]) == .milliseconds(7))
  }

  @Test
  func `so may the end of the framing, or a record of TLS that came with it`() throws {
    #expect(try slack([Self.token("a")], endsWithLastRead: true) == .milliseconds(7))
    #expect(try slack([Self.token("a")]) == .zero)
  }

  @Test
  func `a request that may have left later makes the first token's time as much shorter`() throws {
    #expect(try slack([Self.token("a"), Self.end], sendDelay: 3_000_000) == .milliseconds(3))
    #expect(try slack([Self.token("a") + Self.end], sendDelay: 3_000_000) == .milliseconds(10))
    #expect(try slack([Self.role, Self.end], sendDelay: 3_000_000) == nil)
  }

  @Test
  func `an answer without output has none`() throws {
    #expect(try slack([Self.role, Self.end]) == nil)
    #expect(try slack([#"{"choices":[]}"#]) == nil)
  }

  @Test(arguments: [(-5, 0), (0, 0), (1, 1), (1000, 1), (1001, 2), (Int64.max, Int64(UInt32.max))] as [(Int64, Int64)])
  func `a read keeps its slack in microseconds, never less than it was`(nanoseconds: Int64, kept: Int64) {
    #expect(FinishedExchange.Arrival(end: 1, at: .start, slack: nanoseconds).slack == .microseconds(kept))
  }

  @Test
  func `the earliest times are those of each request less its own slack`() throws {
    let builder = SummaryBuilder()
    for (index, (ttft, slack)) in [(20, 15), (30, 0), (40, 39)].enumerated() {
      var record = RequestRecord(index: index, dueAt: .start)
      record.sentAt = .start
      record.isStreamed = true
      record.firstTokenAt = RunInstant(nanoseconds: Int64(ttft) * 1_000_000)
      record.lastTokenAt = record.firstTokenAt
      record.endedAt = record.firstTokenAt
      record.firstSlack = .milliseconds(slack)
      builder.receive([record])
    }
    let summary = try builder.summary()
    #expect(summary.times.timeToFirstToken.percentile(50) == 0.03)
    let earliest = summary.client.earliestTimeToFirstToken
    let milliseconds = [earliest.min, earliest.percentile(50), earliest.max].map { (($0 ?? 0) * 1e6).rounded() / 1e3 }
    #expect(milliseconds == [1, 5, 30])
    #expect(summary.client.firstSlack.max == 0.039)
  }
}
