import Testing

@testable import LLMPerf

struct EndingTests {
  private static let endings: [Ending] = [
    .success, .failure(RequestFailure(.httpStatus(503), "busy")), .failure(RequestFailure(.reset, "gone")),
    .abandoned(.enoughSeen), .abandoned(AbandonRule("ttft > 5s")), .cut(by: .endOfRun), .cut(by: .interrupt), .skipped,
    .neverSent,
  ]

  @Test(arguments: endings)
  func `is read back from the class and the words that tell it`(ending: Ending) {
    let isUnderWay = ![.skipped, .neverSent].contains(ending)
    #expect(Ending(told: ending.failure, isUnderWay: isUnderWay) == ending)
  }

  @Test
  func `a cancelled request of any version was cut where it was under way, and else never sent`() {
    func ending(_ words: String, isUnderWay: Bool) -> Ending {
      Ending(told: RequestFailure(.cancelled, words), isUnderWay: isUnderWay)
    }
    #expect(ending("cut by the end of the run", isUnderWay: true) == .cut(by: .endOfRun))
    #expect(ending("the run was interrupted", isUnderWay: true) == .cut(by: .interrupt))
    #expect(ending("", isUnderWay: true) == .cut(by: .endOfRun))
    #expect(ending("the run was interrupted", isUnderWay: false) == .neverSent)
  }

  @Test
  func `only a success has no class, and only successes and failures are ends of their own`() {
    #expect(Self.endings.filter { $0.failure == nil } == [.success])
    #expect(Self.endings.filter(\.isOwn) == Array(Self.endings.prefix(3)))
  }

  /// An exchange with half an answer.
  private func exchange(_ ending: Ending?) -> FinishedExchange {
    var exchange = FinishedExchange(
      request: ScheduledRequest(index: 0, wire: [], bodyStart: 0), dueAt: .start)
    exchange.ending = ending
    return exchange
  }

  private func ending(of exchange: FinishedExchange) throws -> Ending {
    try ResponseAnalyzer(api: OpenAIAPI(APIOptions(model: "m"))).record(of: exchange).ending
  }

  @Test
  func `what the end of the run took was cut when it was under way, and never sent when it was not`() throws {
    var exchange = exchange(.cut(by: .endOfRun))
    #expect(try ending(of: exchange) == .neverSent)
    exchange.connectStartedAt = .start
    #expect(try ending(of: exchange) == .cut(by: .endOfRun))
  }

  @Test
  func `a status that is no answer is a failure, though the end of the run cut its body`() throws {
    var exchange = exchange(.cut(by: .endOfRun))
    exchange.sentAt = .start
    exchange.status = 200
    #expect(try ending(of: exchange) == .cut(by: .endOfRun))
    exchange.status = 500
    #expect(try ending(of: exchange).failure?.code == .httpStatus(500))
  }

  @Test
  func `skipped requests are scheduled and miss every limit, and abandoned ones are neither good nor bad`() throws {
    var skipped = RequestRecord(index: 1, dueAt: .start)
    skipped.ending = .skipped
    var abandoned = RequestRecord.streamed(2, sent: 10, tokens: [20, 30])
    abandoned.ending = .abandoned(.enoughSeen)
    let good = RequestRecord.streamed(0, sent: 10, tokens: [20, 30])
    let summary = try summary(
      of: [good, skipped, abandoned], objectives: [ServiceLevelObjective(.latency, limit: .seconds(1))])
    #expect(summary.counts.scheduled == 3)
    #expect(summary.counts.total == 1)
    #expect(summary.counts.errorRate == 0)
    #expect(summary.objectives.attainment == 0.5)
    let requests = SummaryJSON(summary).members.first { $0.key == "requests" }?.value
    #expect(requests?["skipped"] == 1)
    #expect(requests?["abandoned"] == 1)
  }
}
