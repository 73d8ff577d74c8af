import LLMPerfLock
import Testing

@testable import LLMPerf

@Suite(.timeLimit(.minutes(1)))
struct TicketLineTests {
  private func value<Value>(_ look: Look<Value>) -> Value? {
    if case .found(let value) = look { value } else { nil }
  }

  private func isEnd<Value>(_ look: Look<Value>) -> Bool {
    if case .end = look { true } else { false }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `what comes in any order goes in the order of the numbers`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let line = TicketLine<Int>(bringers: 1)
    var taken: [Int] = []
    for number in (0..<50).shuffled(using: &random) {
      line.bring(number * 10, number: number)
      while let value = value(line.take(within: .zero)) { taken.append(value) }
    }
    #expect(taken == (0..<50).map { $0 * 10 })
    line.leave()
    #expect(isEnd(line.take(within: .zero)))
  }

  @Test
  func `the end comes when all have left and nothing is in line`() {
    let line = TicketLine<String>(bringers: 2)
    line.leave()
    #expect(line.take(within: .zero).isNothing)
    line.bring("a", number: 0)
    line.leave()
    #expect(value(line.take(within: .zero)) == "a")
    #expect(isEnd(line.take(within: .zero)))
  }

  @Test
  func `who waits is woken by its number, and by the last who leaves`() throws {
    let line = TicketLine<Int>(bringers: 3)
    let bringers = try (0..<3).map { first in
      try WorkerThread("bringer") {
        for number in stride(from: first, to: 3000, by: 3) { line.bring(number, number: number) }
        line.leave()
      }
    }
    var taken: [Int] = []
    // Longer than the test may take: only a signal ends such a wait.
    while let value = value(line.take(within: .seconds(600))) { taken.append(value) }
    #expect(taken == Array(0..<3000))
    for bringer in bringers { bringer.join() }
  }
}
