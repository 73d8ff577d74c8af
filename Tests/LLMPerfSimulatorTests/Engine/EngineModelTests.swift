import LLMPerf
import Testing

@testable import LLMPerfSimulator

struct EngineModelTests {
  private let millisecond: Int64 = 1_000_000

  @Test func `slots are given in order of arrival, and a full queue refuses`() throws {
    var configuration = SimulatorConfiguration()
    configuration.slots = 2
    configuration.queueLimit = 2
    var engine = EngineModel(configuration)
    #expect(engine.arrive(0, promptTokens: 1, delay: 5, at: 100) == .running(firstTokenAt: 105))
    #expect(engine.arrive(1, promptTokens: 1, delay: 5, at: 101) == .running(firstTokenAt: 106))
    #expect(engine.arrive(2, promptTokens: 1, delay: 5, at: 102) == .queued)
    #expect(engine.arrive(3, promptTokens: 1, delay: 5, at: 103) == .queued)
    #expect(engine.arrive(4, promptTokens: 1, delay: 5, at: 104) == .refused)
    #expect(engine.running == 2 && engine.waiting == 2)
    #expect(engine.leave(at: 200) == EngineModel.Promotion(request: 2, firstTokenAt: 205))
    engine.abandon(3)
    #expect(engine.leave(at: 300) == nil)
    #expect(engine.running == 1 && engine.waiting == 0)
  }

  @Test func `prompts are prefilled one after the other`() throws {
    var configuration = SimulatorConfiguration()
    configuration.prefillRate = 1000
    var engine = EngineModel(configuration)
    #expect(engine.arrive(0, promptTokens: 100, delay: 0, at: 0) == .running(firstTokenAt: 100 * millisecond))
    #expect(engine.arrive(1, promptTokens: 50, delay: 7, at: 0) == .running(firstTokenAt: 150 * millisecond + 7))
    #expect(
      engine.arrive(2, promptTokens: 10, delay: 0, at: 500 * millisecond) == .running(firstTokenAt: 510 * millisecond))
  }

  /// Runs arrivals at a constant rate through the engine in virtual time: every answer has 20 tokens, a step takes 10 ms
  /// and 2 ms more for each other sequence, 8 slots. The engine's limit is 8 ÷ (20 × 24 ms) = 16.7 answers a second.
  private func meanTimeToFirstToken(rate: Double, count: Int = 400) -> (mean: Double, peakQueue: Int) {
    var configuration = SimulatorConfiguration()
    configuration.slots = 8
    configuration.itlPerSequence = Double(2 * millisecond)
    var engine = EngineModel(configuration)
    var events = TimerHeapOfSteps()
    for request in 0..<count {
      events.insert(.arrival(request), at: Int64(Double(request) / rate * 1e9))
    }
    var arrivals: [Int: Int64] = [:]
    var waits: [Int64] = []
    var peakQueue = 0
    while let (event, now) = events.next() {
      switch event {
      case .arrival(let request):
        arrivals[request] = now
        if case .running(let instant) = engine.arrive(request, promptTokens: 1, delay: 30 * millisecond, at: now) {
          events.insert(.token(request, 1), at: instant)
        }
        peakQueue = max(peakQueue, engine.waiting)
      case .token(let request, let number):
        if number == 1 { waits.append(now - (arrivals[request] ?? 0)) }
        if number < 20 {
          events.insert(.token(request, number + 1), at: now + 10 * millisecond + Int64(engine.slowdown))
        } else if let next = engine.leave(at: now) {
          events.insert(.token(next.request, 1), at: next.firstTokenAt)
        }
      }
    }
    #expect(waits.count == count && engine.running == 0 && engine.waiting == 0)
    return (Double(waits.reduce(0, +)) / Double(count) / 1e6, peakQueue)
  }

  @Test func `a load curve has a knee where the slots are full`() {
    let below = meanTimeToFirstToken(rate: 8)
    #expect(abs(below.mean - 30) < 1e-6 && below.peakQueue == 0)
    let beyond = meanTimeToFirstToken(rate: 40)
    #expect(beyond.mean > 1000 && beyond.peakQueue > 100)
    #expect(meanTimeToFirstToken(rate: 80).mean > beyond.mean)
  }

  private enum Event {
    case arrival(Int)
    case token(Int, Int)
  }

  private struct TimerHeapOfSteps {
    private var events: [(at: Int64, order: Int, event: Event)] = []
    private var order = 0

    mutating func insert(_ event: Event, at instant: Int64) {
      order += 1
      let index = events.firstIndex { ($0.at, $0.order) < (instant, order) } ?? events.count
      events.insert((instant, order, event), at: index)
    }

    mutating func next() -> (Event, Int64)? { events.popLast().map { ($0.event, $0.at) } }
  }
}
