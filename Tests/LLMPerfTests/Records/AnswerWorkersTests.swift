import Dispatch
import LLMPerfLock
import Testing

@testable import LLMPerf

/// Several workers read what one thread tells the sinks of.
@Suite(.timeLimit(.minutes(1)))
struct AnswerWorkersTests {
  private static let description = RunDescription(
    name: "run", configuration: [], model: "m", api: "openai", url: "localhost", load: .closedLoop(parallel: 1),
    expectedRequests: nil,
    seed: 1, wallClockStart: 0, version: "1", machine: [], arguments: [])

  /// Exchanges whose answers are these texts, each a batch of its own.
  private static func queue(_ texts: [String], replies: (any ReplyTaker)? = nil) -> ExchangeQueue {
    let queue = ExchangeQueue(batchSize: 1, replies: replies)
    for (index, text) in texts.enumerated() { queue.push(exchange(index, text)) }
    queue.close()
    return queue
  }

  private static func exchange(_ index: Int, _ text: String) -> FinishedExchange {
    var exchange = FinishedExchange(request: ScheduledRequest(index: index, wire: [], bodyStart: 0), dueAt: .start)
    let answer = #"data: {"choices":[{"delta":{"content":"\#(text)"},"finish_reason":"stop"}]}"# + "\n\n"
    exchange.status = 200
    exchange.body = Array(answer.utf8)
    exchange.isComplete = true
    exchange.endedAt = RunInstant(nanoseconds: Int64(index))
    exchange.arrivals = [.init(end: exchange.body.count, at: RunInstant(nanoseconds: Int64(index)))]
    return exchange
  }

  /// A protocol that waits while it reads one answer until others have been read.
  private struct WaitingAPI: APIPlugin {
    let inner: OpenAIAPI
    /// What it waits at when it reads the answer `slow`, so many times.
    let gate = DispatchSemaphore(value: 0)
    var waits = 0
    /// Whether every other answer that is read opens the gate.
    var isOpenedByReading = true

    init(waits: Int, isOpenedByReading: Bool = true) throws {
      inner = try OpenAIAPI(APIOptions(model: "m"))
      (self.waits, self.isOpenedByReading) = (waits, isOpenedByReading)
    }

    func makeRequest(for prompt: Prompt) throws -> APIRequest { try inner.makeRequest(for: prompt) }

    func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
      let meaning = inner.read(event, into: &reading)
      if reading.text == Array("slow".utf8) {
        for _ in 0..<waits { gate.wait() }
      } else if isOpenedByReading {
        gate.signal()
      }
      return meaning
    }

    func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) { inner.read(body: body, into: &reading) }
  }

  @Test
  func `sinks hear of requests in the order of their end, whichever worker is ready first`() throws {
    let recorder = Recorder(
      ResponseAnalyzer(api: try WaitingAPI(waits: 5)), countTokens: nil, sinks: [CollectingSink()])
    let queue = Self.queue(["slow", "a", "b", "c", "d", "e"])
    recorder.run(Self.description, queue, workers: 3, now: { .start }, stop: {})
    let records = try #require(recorder.sink(CollectingSink.self)).records
    #expect(records.map(\.index) == Array(0..<6))
    #expect(records.map { $0.bodies?.text ?? [] } == ["slow", "a", "b", "c", "d", "e"].map { Array($0.utf8) })
    // All of them waited for the first.
    #expect(recorder.peakBacklog == 6)
    #expect(queue.backlog == 0)
  }

  @Test(arguments: [0, 1, 4])
  func `no number of workers changes what the sinks are told`(workers: Int) throws {
    let api = try OpenAIAPI(APIOptions(model: "m"))
    let recorder = Recorder(ResponseAnalyzer(api: api), countTokens: { $0.map(\.count) }, sinks: [CollectingSink()])
    let texts = (0..<100).map { String(repeating: "x", count: 1 + $0 % 7) }
    recorder.run(Self.description, Self.queue(texts), workers: workers, now: { .start }, stop: {})
    let records = try #require(recorder.sink(CollectingSink.self)).records
    #expect(records.map(\.index) == Array(0..<100))
    #expect(records.map(\.counted.output) == texts.map(\.utf8.count))
    #expect(recorder.errors.isEmpty)
  }

  /// Takes the replies to some requests, and says when it has.
  private final class Conversations: ReplyTaker {
    let replies = Lock<[(index: Int, reply: Reply)]>([])
    let awaited: Set<Int>
    let taken: @Sendable () -> Void

    init(awaiting awaited: Set<Int>, taken: @escaping @Sendable () -> Void = {}) {
      (self.awaited, self.taken) = (awaited, taken)
    }

    func awaits(_ request: ScheduledRequest) -> Bool { awaited.contains(request.index) }

    func catchUp() {}

    func take(_ reply: Reply, to request: ScheduledRequest) {
      replies.withLock { $0.append((request.index, reply)) }
      taken()
    }
  }

  @Test
  func `a reply waits neither for answers that came before it, nor for a sink`() throws {
    let api = try WaitingAPI(waits: 1, isOpenedByReading: false)
    let conversations = Conversations(awaiting: [1]) { [gate = api.gate] in gate.signal() }
    // Its secret is hidden from sinks, and a conversation goes on with what was said.
    let recorder = Recorder(
      ResponseAnalyzer(api: api), countTokens: nil, redactor: Redactor(["sk-0123456789"]), sinks: [CollectingSink()])
    // The first answer cannot be read before the second one's reply has been taken.
    let queue = Self.queue(["slow", "my key is sk-0123456789", "c"], replies: conversations)
    recorder.run(Self.description, queue, workers: 2, now: { .start }, stop: {})
    let replies = conversations.replies.withLock { $0 }
    #expect(replies.map(\.index) == [1])
    let reply = try #require(replies.first?.reply)
    #expect(String(decoding: reply.text, as: UTF8.self) == "my key is sk-0123456789")
    #expect(reply.ending == .success)
    #expect(reply.endedAt == RunInstant(nanoseconds: 1))
    let text = try #require(recorder.sink(CollectingSink.self)?.records[1].bodies?.text)
    #expect(String(decoding: text, as: UTF8.self) == "my key is *************")
  }

  @Test
  func `a plugin that sees whole responses sees them in the order of their end`() throws {
    let api = WholeAPI(inner: try OpenAIAPI(APIOptions(model: "m")))
    let conversations = Conversations(awaiting: [7])
    let recorder = Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: [CollectingSink()])
    let texts = (0..<40).map { "answer \($0)" }
    recorder.run(
      Self.description, Self.queue(texts, replies: conversations), workers: 4, now: { .start }, stop: {})
    #expect(api.seen.texts.withLock { $0 } == texts.map { [$0] })
    #expect(conversations.replies.withLock { $0 }.map(\.index) == [7])
  }

  @Test
  func `what a plugin stumbles over is told with the records it belongs to, and ends the sending`() throws {
    let api = WholeAPI(inner: try OpenAIAPI(APIOptions(model: "m")))
    let recorder = Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: [CollectingSink()])
    var stops = 0
    recorder.run(
      Self.description, Self.queue(["a", "poison", "c"]), workers: 4, now: { .start }, stop: { stops += 1 })
    let records = try #require(recorder.sink(CollectingSink.self)).records
    #expect(records.map(\.succeeded) == [true, false, true])
    #expect(stops == 1)
    #expect(recorder.errors.map { "\($0)" } == ["the plugin knows no poison"])
  }

  /// A sink that is told digests: the texts of answers, joined.
  private final class JoiningSink: DigestingSink {
    private(set) var texts: [String] = []
    private(set) var ticks = 0
    private let failsAt: String?

    struct Broken: Error {}

    init(failingAt text: String? = nil) { failsAt = text }

    func makeDigester() -> @Sendable ([RequestRecord]) -> String {
      { records in records.map { String(decoding: $0.bodies?.text ?? [], as: UTF8.self) }.joined(separator: "+") }
    }

    func receive(_ records: [RequestRecord]) {
      Issue.record("records came where a digest was wanted")
    }

    func receive(digest: String) throws {
      if digest == failsAt { throw Broken() }
      texts.append(digest)
    }
  }

  @Test(arguments: [0, 3])
  func `a sink gets the digests that workers made for it, in order and without secrets`(workers: Int) throws {
    let api = try WaitingAPI(waits: workers == 0 ? 0 : 2)
    let recorder = Recorder(
      ResponseAnalyzer(api: api), countTokens: nil, redactor: Redactor(["sk-0123456789"]),
      sinks: [CollectingSink(), JoiningSink()])
    let queue = Self.queue(["slow", "sk-0123456789", "c"])
    recorder.run(Self.description, queue, workers: workers, now: { .start }, stop: {})
    #expect(try #require(recorder.sink(JoiningSink.self)).texts == ["slow", "*************", "c"])
    #expect(try #require(recorder.sink(CollectingSink.self)).records.count == 3)
  }

  @Test
  func `a sink that fails at a digest is left alone, and the others hear of all`() throws {
    let api = try OpenAIAPI(APIOptions(model: "m"))
    let recorder = Recorder(
      ResponseAnalyzer(api: api), countTokens: nil, sinks: [JoiningSink(failingAt: "b"), CollectingSink()])
    var stops = 0
    recorder.run(
      Self.description, Self.queue(["a", "b", "c"]), workers: 2, now: { .start }, stop: { stops += 1 })
    #expect(try #require(recorder.sink(JoiningSink.self)).texts == ["a"])
    #expect(!recorder.sinks.isWell(JoiningSink.self))
    #expect(try #require(recorder.sink(CollectingSink.self)).records.count == 3)
    #expect(stops == 1)
    #expect(recorder.errors.first is JoiningSink.Broken)
  }
}
