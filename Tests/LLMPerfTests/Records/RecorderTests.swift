import Testing

@testable import LLMPerf

struct RecorderTests {
  private static func run(
    _ exchanges: [FinishedExchange], by recorder: sending Recorder
  ) throws -> Recorder {
    let api = try OpenAIAPI(APIOptions(model: "m"))
    let clock = ManualClock()
    let test = LoadTest(
      LoadTest.Plan(.closedLoop(parallel: 1), seed: 1),
      sessions: PromptSessions(PromptSource(repeating: Prompt("hi"), number: exchanges.count)), api: api,
      address: try ServiceAddress("localhost"),
      transport: ScriptedTransport(clock) { exchange in
        let request = exchange.request
        exchange = exchanges[request.index]
        exchange.request = request
      }, recorder: recorder, spillDirectory: "/tmp", now: { clock.now })
    let producer = try test.prepare()
    let description = RunDescription(
      name: "run", configuration: [], model: "m", api: "openai", url: "localhost", load: .closedLoop(parallel: 1),
      expectedRequests: nil,
      seed: 1, wallClockStart: 0, version: "1", machine: [], arguments: [])
    return try #require(try test.run(description, producedBy: producer, clockOrigin: clock.now).recorder)
  }

  private static func exchange(_ body: String, status: Int = 200) -> FinishedExchange {
    var exchange = FinishedExchange(request: ScheduledRequest(index: 0, wire: [], bodyStart: 0), dueAt: .start)
    exchange.status = status
    exchange.body = Array(body.utf8)
    exchange.isComplete = true
    exchange.arrivals = [.init(end: exchange.body.count, at: RunInstant(nanoseconds: 7))]
    return exchange
  }

  @Test
  func `tokens are counted of text and reasoning together, and of successes only`() throws {
    let answer =
      #"data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}"# + "\n\n"
      + #"data: {"choices":[{"delta":{"content":"yes"},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"
    let recorder = Recorder(
      ResponseAnalyzer(api: try OpenAIAPI(APIOptions(model: "m"))), countTokens: { $0.map(\.count) },
      sinks: [CollectingSink()])
    let records = try #require(
      try Self.run([Self.exchange(answer), Self.exchange("{}", status: 500)], by: recorder).sink(CollectingSink.self)
    ).records
    #expect(records.map(\.counted.output) == [5, nil])
    #expect(records.map(\.succeeded) == [true, false])
    #expect(records.first?.firstTokenAt == RunInstant(nanoseconds: 7))
  }

  @Test
  func `a response that the plugin stumbles over is a failure with its words, and no other is lost`() throws {
    let api = WholeAPI(inner: try OpenAIAPI(APIOptions(model: "m")))
    let recorder = Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: [CollectingSink()])
    let queue = ExchangeQueue()
    for (index, text) in ["a", "b", "poison", "c"].enumerated() {
      var exchange = Self.exchange(
        #"data: {"choices":[{"delta":{"content":"\#(text)"},"finish_reason":"stop"}]}"# + "\n\n")
      exchange.request.origin.index = index
      queue.push(exchange)
    }
    queue.close()
    var stops = 0
    let description = RunDescription(
      name: "run", configuration: [], model: "m", api: "openai", url: "localhost", load: .closedLoop(parallel: 1),
      expectedRequests: nil,
      seed: 1, wallClockStart: 0, version: "1", machine: [], arguments: [])
    recorder.run(description, queue, now: { .start }, stop: { stops += 1 })
    let records = try #require(recorder.sink(CollectingSink.self)).records
    #expect(records.map(\.index) == [0, 1, 2, 3])
    #expect(records.map(\.succeeded) == [true, true, false, true])
    #expect(records[2].failure == RequestFailure(.plugin, "the plugin knows no poison"))
    #expect(stops == 1)
    #expect(recorder.errors.map { "\($0)" } == ["the plugin knows no poison"])
  }

  @Test(
    arguments: [
      .refused, .dns, .tls, .connectTimeout, .readTimeout, .reset, .truncated, .inBand, .empty, .malformed, .cancelled,
      .client, .plugin,
      .httpStatus(429), .httpStatus(503),
    ] as [RequestFailure.Code])
  func `a failure's class is read back from its text`(code: RequestFailure.Code) {
    #expect(RequestFailure.Code(parsing: code.description) == code)
  }

  @Test
  func `failure classes have names of their own`() {
    let codes: [RequestFailure.Code] = [
      .refused, .dns, .tls, .connectTimeout, .readTimeout, .reset, .truncated, .inBand, .empty, .malformed, .cancelled,
      .client, .plugin,
      .httpStatus(500), .httpStatus(501),
    ]
    #expect(Set(codes.map(\.description)).count == codes.count)
  }

  @Test
  func `a record's times are differences of its instants`() {
    var record = RequestRecord.streamed(0, due: 10, sent: 20, tokens: [50, 60, 80], output: 5)
    record.connectStartedAt = .milliseconds(12)
    record.connectedAt = .milliseconds(15)
    #expect(record.timeToFirstToken == .milliseconds(30))
    #expect(record.scheduledTimeToFirstToken == .milliseconds(40))
    #expect(record.latency == .milliseconds(60))
    #expect(record.responseTime == .milliseconds(70))
    #expect(record.scheduleLag == .milliseconds(10))
    #expect(record.connectTime == .milliseconds(3))
    #expect(record.interChunkLatencies == [.milliseconds(10), .milliseconds(20)])
    #expect(record.maxStall == .milliseconds(20))
    // (80 − 50) ms ÷ (5 − 1) tokens
    #expect(record.timePerOutputToken(by: .usage) == 0.0075)
    #expect(record.timePerOutputToken(by: .tokenizer) == nil)
    #expect(record.timePerOutputToken(by: .none) == nil)
  }

  @Test
  func `a failure has no latency`() {
    let record = RequestRecord.failed(0, sent: 1, end: 5)
    #expect(record.latency == nil)
    #expect(record.timePerOutputToken(by: .usage) == nil)
  }

  @Test(arguments: [0, 1])
  func `an event that no read brought has no time and is none`(reads: Int) throws {
    let events = ["a", "b"].map { "data: {\"choices\":[{\"delta\":{\"content\":\"\($0)\"}}]}\n\n" }
    var exchange = Self.exchange(events.joined())
    exchange.sentAt = RunInstant(nanoseconds: 5)
    exchange.endedAt = RunInstant(nanoseconds: 9)
    let first = FinishedExchange.Arrival(end: events[0].utf8.count, at: RunInstant(nanoseconds: 7))
    exchange.arrivals = reads == 0 ? [] : [first]
    let api = try OpenAIAPI(APIOptions(model: "m"))
    let record = try #require(try ResponseAnalyzer(api: api).records(of: [exchange]).first)
    #expect(record.tokenEventTimes == (reads == 0 ? [] : [first.at]))
    #expect(record.firstTokenAt == (reads == 0 ? nil : first.at))
    #expect(record.lastEventAt == (reads == 0 ? nil : first.at))
    #expect(record.eventCount == reads)
  }
}
