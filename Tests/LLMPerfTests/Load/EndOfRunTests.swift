import Dispatch
import LLMPerfLock
import Testing

@testable import LLMPerf

/// How a load test ends: what counts as scheduled, and what it does not wait for.
struct EndOfRunTests {
  private static let description = RunDescription(
    name: "run", configuration: [], model: "m", api: "openai", url: "localhost", load: .closedLoop(parallel: 1),
    expectedRequests: nil,
    seed: 1, wallClockStart: 0, version: "1", machine: [], arguments: [])

  private struct Run {
    let clock: ManualClock
    let test: LoadTest
    let transport: ScriptedTransport

    init(
      _ plan: LoadTest.Plan, prompts: sending PromptSource, clock: ManualClock = ManualClock(),
      api: (any APIPlugin)? = nil, breakingAfter count: Int = .max, sendingFor duration: Duration? = nil,
      script: @escaping ScriptedTransport.Script = { $0.succeed() }
    ) throws {
      let api = try api ?? OpenAIAPI(APIOptions(model: "m"))
      self.clock = clock
      let transport = ScriptedTransport(clock, breakingAfter: count, sendingFor: duration, script)
      self.transport = transport
      test = LoadTest(
        plan, sessions: PromptSessions(prompts), api: api, address: try ServiceAddress("localhost"),
        transport: transport,
        recorder: Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: [CollectingSink()]),
        spillDirectory: "/tmp", now: { clock.now })
    }

    func finish() throws -> (outcome: LoadTest.Outcome, records: [RequestRecord]) {
      let producer = try test.prepare()
      let (outcome, recorder) = try test.run(
        EndOfRunTests.description, producedBy: producer, clockOrigin: clock.now)
      return (outcome, try #require(recorder?.sink(CollectingSink.self)).records)
    }
  }

  /// Something that a script does to the test that it belongs to.
  private final class Action: Sendable {
    private let action = Lock<(@Sendable () -> Void)?>(nil)

    func set(_ action: @escaping @Sendable () -> Void) { self.action.withLock { $0 = action } }
    func callAsFunction() { action.withLock(\.self)?() }
  }

  private static let poisson = PoissonArrivals(rate: 50)

  @Test(arguments: [1, 3])
  func `what is due after the duration was never scheduled, however long the drain takes`(loops: Int) throws {
    var plan = LoadTest.Plan(.openLoop(Self.poisson, maxInFlight: nil), seed: 77)
    plan.duration = .seconds(2)
    plan.loops = loops
    let run = try Run(plan, prompts: PromptSource(repeating: Prompt("hi"), number: .max), sendingFor: .seconds(2))
    let (outcome, records) = try run.finish()
    // The scripted loops take their turns one after the other, so that what is due for the later ones stays behind.
    let due = Self.poisson.dueTimes(seed: 77).prefix { $0 <= .milliseconds(2000) }
    #expect(records.count + outcome.neverSent == due.count)
    if loops == 1 { #expect(outcome.neverSent <= 1) }
    #expect(outcome.sendingEnded == .milliseconds(2000))
    #expect(!outcome.wasInterrupted)
  }

  @Test
  func `what was due and not yet built counts as never sent`() throws {
    // More than a queue holds.
    let interrupt = Action()
    let run = try Run(
      LoadTest.Plan(.openLoop(.atOnce, maxInFlight: nil), seed: 1),
      prompts: PromptSource(repeating: Prompt("hi"), number: 10_000)
    ) { exchange in
      exchange.succeed()
      if exchange.request.index == 4 { interrupt() }
    }
    let test = run.test
    interrupt.set { test.interrupt() }
    let (outcome, records) = try run.finish()
    #expect(records.count == 5)
    #expect(outcome.neverSent == 9995)
  }

  @Test
  func `a schedule without end has no requests that were never sent`() throws {
    let stop = Action()
    let run = try Run(
      LoadTest.Plan(.openLoop(.atOnce, maxInFlight: 1), seed: 1),
      prompts: PromptSource(repeating: Prompt("hi"), number: .max)
    ) { exchange in
      exchange.succeed()
      if exchange.request.index == 4 { stop() }
    }
    let test = run.test
    stop.set { test.stopSending() }
    #expect(try run.finish().outcome.neverSent == 0)
  }

  @Test
  func `a transport that breaks ends the run with its words`() throws {
    let run = try Run(
      LoadTest.Plan(.openLoop(.atOnce, maxInFlight: nil), seed: 1),
      prompts: PromptSource(repeating: Prompt("hi"), number: 100), breakingAfter: 7)
    let (outcome, records) = try run.finish()
    #expect(records.count == 7)
    #expect(outcome.errors.first is ScriptedTransport.Broken)
    #expect(outcome.neverSent == 93)
    #expect(run.transport.stops.withLock { $0 } == [.seconds(30)])
  }

  /// A data set whose second prompt never comes, as of a pipe that nobody writes to.
  private struct HangingDataset: DatasetPlugin {
    let gate: DispatchSemaphore

    func makeReader() -> any PromptReader { Reader(gate: gate) }

    struct Reader: PromptReader {
      let gate: DispatchSemaphore
      var left = 1

      mutating func next() throws -> Prompt? {
        if left == 0 { gate.wait() }
        left -= 1
        return left < 0 ? nil : Prompt("hi")
      }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `the end does not wait for prompts that never come`() throws {
    let gate = DispatchSemaphore(value: 0)
    defer { gate.signal() }
    let interrupt = Action()
    var plan = LoadTest.Plan(.closedLoop(parallel: 1), seed: 1)
    plan.producerPatience = .zero
    let run = try Run(plan, prompts: PromptSource(HangingDataset(gate: gate), limits: .init(), number: nil)) {
      $0.succeed()
      interrupt()
    }
    let test = run.test
    interrupt.set { test.interrupt() }
    let (outcome, records) = try run.finish()
    #expect(records.count == 1)
    #expect(outcome.wasInterrupted)
    #expect(outcome.errors.isEmpty)
  }

  /// A protocol whose requests hold the time at which they were built, and expire.
  private struct ExpiringAPI: APIPlugin {
    let clock: ManualClock
    var requestLifetime: Duration? { .seconds(20) }

    func makeRequest(for prompt: Prompt) -> APIRequest {
      APIRequest(headers: [], body: Array("\(clock.now)".utf8))
    }

    func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
      reading.finishReason = "stop"
      return .output
    }

    func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {}
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [Load.closedLoop(parallel: 1), .openLoop(.poisson(rate: 0.2), maxInFlight: nil)])
  func `no request is sent with what has expired`(pattern: Load) throws {
    let clock = ManualClock()
    let run = try Run(
      LoadTest.Plan(pattern, seed: 1), prompts: PromptSource(repeating: Prompt("hi"), number: 200),
      clock: clock, api: ExpiringAPI(clock: clock)
    ) { exchange in
      exchange.succeed()
      // Five are sent before what was built with the first one expires.
      clock.advance(nanoseconds: 4_000_000_000)
    }
    let origin = clock.now
    let (outcome, records) = try run.finish()
    #expect(records.map(\.index) == Array(0..<200))
    #expect(outcome.errors.isEmpty)
    for record in records {
      let builtAt = try #require(Int64(String(decoding: record.bodies?.request ?? [], as: UTF8.self)))
      let age = try #require(record.sentAt).nanoseconds + origin - builtAt
      #expect(age < 20_000_000_000)
    }
  }
}
