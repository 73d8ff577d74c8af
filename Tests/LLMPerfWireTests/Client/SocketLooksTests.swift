import LLMPerf
import Testing

@testable import LLMPerfWire

struct SocketLooksTests {
  /// A look began at 1,000: (it took, in which the thread worked, and waited for a processor; asleep until).
  @Test(
    arguments: [
      (500, 20, 80, 1400), (500, 0, 0, 1500), (500, 20, 480, 1000),
      // The wait is counted from before the look, so it may be longer than the look.
      (500, 20, 5000, 1000), (500, -1, -1, 1500),
    ] as [(Int64, Int64, Int64, Int64)])
  func `what was neither work nor waiting for a processor was sleep`(
    took: Int64, worked: Int64, waited: Int64, asleepUntil: Int64
  ) {
    let found = SocketLooks.asleepUntil(began: 1000, took: took, worked: worked, waited: waited)
    #expect(found == asleepUntil)
  }
}

struct AwaitedFirstsTests {
  private func sent(_ nanoseconds: Int64) -> RunInstant { RunInstant(nanoseconds: nanoseconds) }

  @Test
  func `the oldest request still awaited counts, in whatever order the others end`() {
    var awaited = AwaitedFirsts()
    #expect(awaited.oldest { _ in true } == nil)
    for index in 0..<10 { awaited.append(.init(channel: index, sent: sent(Int64(index) * 10))) }
    var ended: Set<Int> = [3, 5]
    func oldest() -> RunInstant? { awaited.oldest { !ended.contains($0.channel) } }
    #expect(oldest() == sent(0))
    ended.insert(0)
    #expect(oldest() == sent(10))
    ended.formUnion([1, 2])
    #expect(oldest() == sent(40))
    ended.formUnion(0..<10)
    #expect(oldest() == nil)
    awaited.append(.init(channel: 77, sent: sent(500)))
    #expect(oldest() == sent(500))
  }

  @Test
  func `a long run is followed to its end`() {
    var awaited = AwaitedFirsts()
    for index in 0..<10_000 {
      awaited.append(.init(channel: index, sent: sent(Int64(index))))
      #expect(awaited.oldest { $0.channel > index - 100 } == sent(Int64(max(0, index - 99))))
    }
  }
}
