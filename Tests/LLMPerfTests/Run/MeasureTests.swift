import LLMPerf
import LLMPerfLock
import Testing

/// A run as a function: what it returns, what it throws, and what is left of it.
struct MeasureTests {
  private static let settings = RunSettings(
    RunDescription(
      name: "run", configuration: [], model: "m", api: "openai", url: "localhost", load: .closedLoop(parallel: 1),
      expectedRequests: nil,
      seed: 1, wallClockStart: 0, version: "1", machine: [], arguments: []))

  private static let plan = LoadTest.Plan(.closedLoop(parallel: 1), seed: 1)

  /// A service whose requests are sent by scripted transports, one for each run.
  private static func service(
    failing failure: (any Error)? = nil, breakingAfter count: Int = .max,
    script: @escaping ScriptedTransport.Script = { $0.succeed() }
  ) throws -> PreparedService {
    let clock = ManualClock()
    return PreparedService(
      address: try ServiceAddress("localhost"), api: try OpenAIAPI(APIOptions(model: "m")),
      clock: RunClock(now: { clock.now }, wallClock: { Double($0) / 1e9 + 1000 })
    ) { _ in
      ScriptedTransport(clock, failing: failure, breakingAfter: count, script)
    }
  }

  private static func prompts(_ number: Int = 20) -> PromptSessions {
    PromptSessions(PromptSource(repeating: Prompt("hi"), number: number))
  }

  /// A sink that keeps what it is told in a word each.
  private final class Diary: RunWitness {
    private(set) var words: [String] = []
    private(set) var records: [RequestRecord] = []
    private(set) var result: RunResult?
    private let missingCount: Int?

    /// A diary that says of every record afterwards that it had so many output tokens; nil: it says nothing.
    init(missingCount: Int? = nil) { self.missingCount = missingCount }

    func begin(_ run: RunDescription) { words.append("begin \(run.name) at \(run.wallClockStart)") }

    func receive(_ records: [RequestRecord]) {
      if words.last != "records" { words.append("records") }
      self.records += records
    }

    func end(_ result: RunResult) {
      words.append("end")
      self.result = result
    }

    func testify(to health: inout ClientHealth) { health.processorCount = 77 }

    var reasons: [Verdict.Reason] { [.init(.suspect, code: "diary", "a diary was kept")] }

    func recount() -> RecordReplay? {
      guard let missingCount else { return nil }
      let records = records.map { record in
        var record = record
        record.counted.output = missingCount
        return record
      }
      return { receive in receive(records) }
    }
  }

  private struct Full: Error {}

  private final class FullSink: RecordSink {
    private let isFullAtEnd: Bool

    init(atEnd: Bool) { isFullAtEnd = atEnd }

    func receive(_ records: [RequestRecord]) throws { if !isFullAtEnd { throw Full() } }

    func end(_ result: RunResult) throws { if isFullAtEnd { throw Full() } }
  }

  @Test
  func `sinks are told of the beginning, the records and the result, and are given back`() throws {
    let sinks = Handover(RecordSinks([Diary()]))
    let result = try Self.service().measure(Self.plan, Self.prompts(), telling: sinks, as: Self.settings)
    let diary = try #require(sinks.take()?.sink(Diary.self))
    #expect(diary.words == ["begin run at 1005.0", "records", "end"])
    #expect(diary.records.map(\.index) == Array(0..<20))
    #expect(diary.result?.summary.counts.succeeded == 20)
    #expect(result.summary.counts.succeeded == 20 && !result.summary.isPartial)
    #expect(result.run.wallClockStart == 1005)
  }

  @Test
  func `who watched the client has a say in the result`() throws {
    let result = try Self.service().measure(Self.plan, Self.prompts(), telling: [Diary()], as: Self.settings)
    #expect(result.health.processorCount == 77)
    #expect(result.verdict.reasons.contains { $0.code == "diary" })
  }

  @Test
  func `what is counted only at the end is in the result`() throws {
    let result = try Self.service().measure(
      Self.plan, Self.prompts(), telling: [Diary(missingCount: 9)], as: Self.settings)
    #expect(result.summary.counts.succeeded == 20)
    #expect(result.summary.tokens.countedOutput == 180)
  }

  @Test
  func `a transport that dies ends the run with what was measured`() throws {
    let sinks = Handover(RecordSinks([Diary()]))
    let broken = try #require(throws: BrokenRun.self) {
      try Self.service(breakingAfter: 7).measure(Self.plan, Self.prompts(), telling: sinks, as: Self.settings)
    }
    #expect(broken.causes.count == 1 && broken.causes.first is ScriptedTransport.Broken)
    #expect(broken.failures.isEmpty)
    #expect(broken.result?.summary.counts.succeeded == 7)
    #expect(broken.result?.summary.isPartial == true)
    #expect(sinks.take()?.sink(Diary.self)?.words.last == "end")
  }

  @Test(arguments: [false, true])
  func `a sink that dies ends the run with what was measured, and the others hear of it`(atEnd: Bool) throws {
    let sinks = Handover(RecordSinks([FullSink(atEnd: atEnd), Diary()]))
    let broken = try #require(throws: BrokenRun.self) {
      try Self.service().measure(Self.plan, Self.prompts(), telling: sinks, as: Self.settings)
    }
    #expect(broken.causes.count == (atEnd ? 0 : 1))
    #expect(broken.failures.count == (atEnd ? 1 : 0))
    #expect(broken.first is Full)
    #expect(broken.result?.summary.isPartial == !atEnd)
    let told = try #require(sinks.take())
    #expect(told.sink(Diary.self)?.result != nil)
    #expect(!told.isWell(FullSink.self) && told.isWell(Diary.self))
  }

  @Test
  func `a run that cannot begin tells nobody, and gives the sinks back`() throws {
    let sinks = Handover(RecordSinks([Diary()]))
    #expect(throws: Full.self) {
      try Self.service(failing: Full()).measure(Self.plan, Self.prompts(), telling: sinks, as: Self.settings)
    }
    #expect(sinks.take()?.sink(Diary.self)?.words == [])
  }

  @Test
  func `an interrupt ends the run that goes on, and what would come after it`() throws {
    let stop = StopSource()
    let service = try Self.service { exchange in
      if exchange.request.index == 4 { stop.interrupt() }
      exchange.succeed()
    }
    let first = try service.measure(Self.plan, Self.prompts(), telling: [Diary()], as: Self.settings, stop: stop)
    #expect(first.summary.counts.succeeded == 5 && first.summary.isPartial)
    #expect(stop.wasInterrupted)
    let second = try service.measure(Self.plan, Self.prompts(), telling: [Diary()], as: Self.settings, stop: stop)
    #expect(second.summary.counts.total == 0 && second.summary.isPartial)
  }

  @Test
  func `a run whose sending was ended is whole, and the next one is not touched`() throws {
    let stop = StopSource()
    let ends = Lock(true)
    let service = try Self.service { exchange in
      if exchange.request.index == 4, ends.withLock(\.self) { stop.endSending() }
      exchange.succeed()
    }
    let first = try service.measure(Self.plan, Self.prompts(), telling: [Diary()], as: Self.settings, stop: stop)
    #expect(first.summary.counts.succeeded == 5 && !first.summary.isPartial)
    ends.withLock { $0 = false }
    let second = try service.measure(Self.plan, Self.prompts(), telling: [Diary()], as: Self.settings, stop: stop)
    #expect(second.summary.counts.succeeded == 20)
  }

  @Test
  func `the gauge shows the loops of the run that goes on`() throws {
    let service = try Self.service()
    #expect(service.loops.observations.isEmpty)
    _ = try service.measure(Self.plan, Self.prompts(3), telling: [Diary()], as: Self.settings)
    #expect(service.loops.observations.map(\.sent) == [3])
    _ = try service.measure(Self.plan, Self.prompts(8), telling: [Diary()], as: Self.settings)
    #expect(service.loops.observations.map(\.sent) == [8])
  }
}
