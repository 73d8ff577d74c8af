import LLMPerf
import Testing

/// The parts of a plan that several clients send.
struct ShardTests {
  private final class Keeping: RecordSink {
    private(set) var records: [RequestRecord] = []

    func receive(_ records: [RequestRecord]) { self.records += records }
  }

  /// Prompts that tell their place.
  private struct Numbers: DatasetPlugin {
    struct Reader: PromptReader {
      var given = 0

      mutating func next() throws -> Prompt? {
        defer { given += 1 }
        return given < 20 ? Prompt("prompt \(given)") : nil
      }
    }

    func makeReader() throws -> any PromptReader { Reader() }
  }

  private static func records(_ shard: Shard, loops: Int = 1) throws -> [RequestRecord] {
    let clock = ManualClock()
    let service = PreparedService(
      address: try ServiceAddress("localhost"), api: try OpenAIAPI(APIOptions(model: "m")),
      clock: RunClock(now: { clock.now }, wallClock: { _ in 0 })
    ) { _ in ScriptedTransport(clock) }
    var load = LoadTest.Plan(.openLoop(PoissonArrivals(rate: 50)), seed: 77)
    load.loops = loops
    load.warmup = 5
    let sinks = Handover(RecordSinks([Keeping()]))
    _ = try service.measure(
      load, PromptSessions(PromptSource(Numbers(), limits: .init(), number: 20)), shard: shard, telling: sinks,
      as: RunSettings(
        RunDescription(
          name: "run", configuration: [], model: "m", api: "openai", url: "localhost",
          load: .openLoop(PoissonArrivals(rate: 50)),
          expectedRequests: 20, seed: 77, wallClockStart: 0, version: "1", machine: [], arguments: [])))
    return try #require(sinks.take()?.sink(Keeping.self)).records.sorted { $0.index < $1.index }
  }

  @Test(arguments: [1, 2, 3, 7, 25])
  func `the parts together are the plan, whatever their number`(count: Int) throws {
    let whole = try Self.records(.whole)
    #expect(whole.map(\.index) == Array(0..<20))
    let parts = try (0..<count).flatMap { try Self.records(#require(Shard(rank: $0, of: count))) }
    let together = parts.sorted { $0.index < $1.index }
    #expect(together.map(\.index) == whole.map(\.index))
    #expect(together.map(\.dueAt) == whole.map(\.dueAt))
    #expect(together.map(\.promptHash) == whole.map(\.promptHash))
    #expect(together.map(\.phase) == whole.map(\.phase))
  }

  @Test
  func `every loop of a client has its share of a part`() throws {
    let part = try Self.records(#require(Shard(rank: 1, of: 2)), loops: 2)
    #expect(part.map(\.index) == Array(stride(from: 1, to: 20, by: 2)))
  }

  @Test(arguments: [(-1, 2), (2, 2), (0, 0), (0, -1)])
  func `a part that there is not is none`(rank: Int, count: Int) {
    #expect(Shard(rank: rank, of: count) == nil)
  }
}
