import LLMPerf
import Testing

struct TimerHeapTests {
  @Test func `gives timers back in the order they are due, and none early`() {
    var heap = TimerHeap<Int>()
    var generator = SplitMix64(seed: 7)
    let dues = (0..<2000).map { _ in Int64(generator.next() % 500) }
    for (token, due) in dues.enumerated() { heap.insert(token, due: due) }
    #expect(heap.popFirst(dueBy: -1) == nil)
    var taken: [Int64] = []
    for now in Int64(0)..<500 {
      while let timer = heap.popFirst(dueBy: now) {
        #expect(timer.due == now && dues[timer.token] == now)
        taken.append(timer.due)
      }
    }
    #expect(taken == dues.sorted())
    #expect(heap.isEmpty)
  }
}
