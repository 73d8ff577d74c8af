import LLMPerf
import LLMPerfLock
import Testing

struct LoadTestTests {
  private static let description = RunDescription(
    name: "run", configuration: [], model: "m", api: "openai", url: "localhost", load: .closedLoop(parallel: 1),
    expectedRequests: nil,
    seed: 1, wallClockStart: 0, version: "1", machine: [], arguments: [])

  /// A load test over a scripted transport.
  private struct Scripted {
    let clock = ManualClock()
    let transport: ScriptedTransport
    let test: LoadTest

    init(
      _ plan: LoadTest.Plan = LoadTest.Plan(.closedLoop(parallel: 1), seed: 1),
      prompts: sending PromptSource = PromptSource(repeating: Prompt("hi"), number: 20),
      sinks: sending [CollectingSink] = [CollectingSink()], failing: (any Error)? = nil,
      script: @escaping ScriptedTransport.Script = { $0.succeed() }
    ) throws {
      let api = try OpenAIAPI(APIOptions(model: "m"))
      let transport = ScriptedTransport(clock, failing: failing, script)
      self.transport = transport
      let clock = clock
      test = LoadTest(
        plan, sessions: PromptSessions(prompts), api: api, address: try ServiceAddress("localhost"),
        transport: transport,
        recorder: Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: sinks), spillDirectory: "/tmp",
        now: { clock.now })
    }

    func run() throws -> (outcome: LoadTest.Outcome, recorder: Recorder) {
      let producer = try test.prepare()
      let (outcome, recorder) = try test.run(
        LoadTestTests.description, producedBy: producer, clockOrigin: clock.now)
      return (outcome, try #require(recorder))
    }
  }

  @Test
  func `every request becomes a record, in the order in which they ended`() throws {
    let (outcome, recorder) = try Scripted().run()
    let sink = try #require(recorder.sink(CollectingSink.self))
    #expect(sink.name == "run")
    #expect(sink.records.map(\.index) == Array(0..<20))
    #expect(sink.records.allSatisfy { $0.succeeded })
    #expect(sink.records.map(\.sentAt) == (0..<20).map { RunInstant(nanoseconds: $0 * 1_000_000) })
    #expect(outcome.errors.isEmpty)
    #expect(!outcome.wasInterrupted)
    #expect(outcome.neverSent == 0)
  }

  @Test
  func `the first requests are flagged as warm-up`() throws {
    var plan = LoadTest.Plan(.closedLoop(parallel: 1), seed: 1)
    plan.warmup = 3
    let (_, recorder) = try Scripted(plan).run()
    let phases = try #require(recorder.sink(CollectingSink.self)).records.map(\.phase)
    #expect(phases == Array(repeating: .warmup, count: 3) + Array(repeating: .measured, count: 17))
  }

  @Test
  func `an open loop keeps to the due times of its seed`() throws {
    let plan = LoadTest.Plan(.openLoop(.poisson(rate: 50), maxInFlight: nil), seed: 77)
    let (_, recorder) = try Scripted(plan).run()
    let records = try #require(recorder.sink(CollectingSink.self)).records
    #expect(records.map(\.dueAt) == Array(PoissonArrivals(rate: 50).dueTimes(seed: 77).prefix(20)))
    #expect(records.allSatisfy { ($0.sentAt ?? .start) >= $0.dueAt })
  }

  @Test
  func `several loops share one schedule`() throws {
    var plan = LoadTest.Plan(.openLoop(.poisson(rate: 50), maxInFlight: nil), seed: 77)
    plan.loops = 3
    let (_, recorder) = try Scripted(plan).run()
    let records = try #require(recorder.sink(CollectingSink.self)).records.sorted { $0.index < $1.index }
    #expect(records.map(\.dueAt) == Array(PoissonArrivals(rate: 50).dueTimes(seed: 77).prefix(20)))
  }

  @Test
  func `prompts and their counts travel to the record`() throws {
    var plan = LoadTest.Plan(.closedLoop(parallel: 1), seed: 1)
    plan.countPromptTokens = { $0.count * 10 }
    let (_, recorder) = try Scripted(plan, prompts: PromptSource(repeating: Prompt("grüße"), number: 2)).run()
    let records = try #require(recorder.sink(CollectingSink.self)).records
    #expect(records.map(\.promptLength) == [5, 5])
    #expect(records.map(\.counted.input) == [70, 70])
    #expect(records[0].promptHash == records[1].promptHash)
    let body = String(decoding: records[0].bodies?.request ?? [], as: UTF8.self)
    #expect(body.contains("grüße"))
  }

  @Test(arguments: [(1000, false), (1024, true)])
  func `prompts that begin alike are told by their first kilobyte`(shared: Int, isNoticed: Bool) throws {
    let beginning = String(repeating: "s", count: shared)
    let prompts = ["one and more", "two and more", String(repeating: "t", count: 30)].map { Prompt(beginning + $0) }
    let hashes = prompts.map { $0.bytes.prefixFingerprint }
    #expect((hashes[0] == hashes[1] && hashes[0] != 0) == isNoticed)
    #expect(Prompt(beginning).bytes.prefixFingerprint == 0)
    #expect(Set(prompts.map { $0.bytes.fingerprint }).count == 3)
    let plan = LoadTest.Plan(.closedLoop(parallel: 1), seed: 1)
    let (_, recorder) = try Scripted(plan, prompts: PromptSource(repeating: prompts[2], number: 1)).run()
    let record = try #require(recorder.sink(CollectingSink.self)?.records.first)
    #expect(record.promptPrefixHash == hashes[2])
  }

  @Test
  func `failures are records like the others`() throws {
    let (outcome, recorder) = try Scripted { exchange in
      if exchange.request.index % 2 == 0 {
        exchange.failure = RequestFailure(.refused, "no")
      } else {
        exchange.succeed()
      }
    }.run()
    let records = try #require(recorder.sink(CollectingSink.self)).records
    #expect(records.map(\.succeeded) == (0..<20).map { $0 % 2 == 1 })
    #expect(outcome.errors.isEmpty)
  }

  @Test
  func `an interrupt stops sending, keeps what was measured and counts what was overdue`() throws {
    let plan = LoadTest.Plan(.openLoop(.atOnce, maxInFlight: nil), seed: 1)
    let interrupt = Lock<(@Sendable () -> Void)?>(nil)
    let scripted = try Scripted(plan, prompts: PromptSource(repeating: Prompt("hi"), number: 100)) { exchange in
      exchange.succeed()
      if exchange.request.index == 4 { interrupt.withLock { $0 }?() }
    }
    let test = scripted.test
    interrupt.withLock { $0 = { test.interrupt() } }
    let producer = try test.prepare()
    // Everything is queued before the first is taken, so that what is overdue can be told.
    producer.join()
    let (outcome, recorder) = try test.run(Self.description, producedBy: producer, clockOrigin: scripted.clock.now)
    #expect(outcome.wasInterrupted)
    #expect(recorder?.sink(CollectingSink.self)?.records.count == 5)
    #expect(outcome.neverSent == 95)
    #expect(scripted.transport.stops.withLock { $0 } == [.seconds(10)])
    test.interrupt()
    #expect(scripted.transport.stops.withLock(\.count) == 1)
  }

  /// A data set that breaks off behind so many prompts.
  private struct BreakingDataset: DatasetPlugin {
    let good: Int
    var checksAhead = false

    func makeReader() -> any PromptReader { Reader(left: good) }

    struct Reader: PromptReader {
      var left: Int

      mutating func next() throws -> Prompt? {
        guard left > 0 else { throw UsageError("the data set is broken") }
        left -= 1
        return Prompt("hi")
      }
    }
  }

  @Test
  func `prompts that break off within the run end it, and what was measured stays`() throws {
    // More than the queue holds: the error comes when the run is under way.
    let prompts = PromptSource(BreakingDataset(good: 5000), limits: .init(), number: nil)
    let (outcome, recorder) = try Scripted(prompts: prompts).run()
    let count = try #require(recorder.sink(CollectingSink.self)).records.count
    #expect("\(try #require(outcome.errors.first))" == "the data set is broken")
    // Prompts are built in runs of 64 behind the first; the run that the error lies in is not sent.
    #expect(count == 1 + 78 * 64)
  }

  @Test
  func `prompts known to be wrong ahead stop the run before it begins`() throws {
    let prompts = PromptSource(BreakingDataset(good: 200, checksAhead: true), limits: .init(), number: nil)
    let scripted = try Scripted(prompts: prompts)
    #expect(throws: UsageError("the data set is broken")) { try scripted.test.prepare() }
    #expect(scripted.transport.observations.first?.sent == 0)
    #expect(scripted.test.reclaimRecorder() != nil)
  }

  @Test
  func `a transport that cannot get ready stops the run before it begins`() throws {
    let scripted = try Scripted(failing: UsageError("no certificate"))
    #expect(throws: UsageError("no certificate")) { try scripted.test.prepare() }
  }

  @Test
  func `a sink that fails stops the sending, and the others are told of all that was sent`() throws {
    // Prompts without end: only the stop ends this run.
    let scripted = try Scripted(
      prompts: PromptSource(repeating: Prompt("hi"), number: .max),
      sinks: [CollectingSink(failingAfter: 1), CollectingSink()])
    let (outcome, recorder) = try scripted.run()
    #expect(outcome.errors.first is CollectingSink.Full)
    #expect(scripted.transport.stops.withLock { $0 } == [.seconds(30)])
    let sent = try #require(outcome.loops.first).sent
    var counts: [Int] = []
    recorder.tell { counts.append(($0 as? CollectingSink)?.records.count ?? 0) }
    // Only the sink that is well is still spoken to.
    #expect(counts == [sent])
  }
}
