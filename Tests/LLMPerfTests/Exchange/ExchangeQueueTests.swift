import LLMPerf
import Synchronization
import Testing

struct ExchangeQueueTests {
  private static func exchange(_ index: Int, size: Int = 100) -> FinishedExchange {
    var exchange = FinishedExchange(
      request: ScheduledRequest(index: index, wire: [], bodyStart: 0), dueAt: RunInstant(nanoseconds: Int64(index)))
    exchange.body = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: size)
    exchange.arrivals = [.init(end: size, at: RunInstant(nanoseconds: Int64(index)))]
    return exchange
  }

  private static func drainAll(_ queue: ExchangeQueue) -> [FinishedExchange] {
    var all: [FinishedExchange] = []
    while let batch = queue.drain(milliseconds: 1) { all += batch }
    return all
  }

  @Test(arguments: [1, 3, 256])
  func `gives exchanges in order and in batches`(limit: Int) {
    let queue = ExchangeQueue(batchSize: limit)
    for index in 0..<20 { queue.push(Self.exchange(index)) }
    #expect(queue.backlog == 20)
    #expect(queue.drain(milliseconds: 1)?.count == min(limit, 20))
    queue.close()
    #expect(Self.drainAll(queue).map(\.request.index) == Array(min(limit, 20)..<20))
    #expect(queue.drain(milliseconds: 1) == nil)
  }

  @Test(arguments: [0, 50, 100, 250, 1000])
  func `bodies that memory has no room for come back as they were`(byteLimit: Int) {
    let queue = ExchangeQueue(byteLimit: byteLimit, batchSize: 7)
    var expected: [FinishedExchange] = []
    for index in 0..<40 { expected.append(Self.exchange(index, size: index % 7 * 40)) }
    for exchange in expected[..<25] { queue.push(exchange) }
    var found = queue.drain(milliseconds: 1) ?? []
    for exchange in expected[25...] { queue.push(exchange) }
    queue.close()
    found += Self.drainAll(queue)
    #expect(found.map(\.request.index) == Array(0..<40))
    #expect(found.map(\.body) == expected.map(\.body))
    #expect(found.map(\.arrivals) == expected.map(\.arrivals))
  }

  @Test
  func `a directory that takes no file costs memory and no body`() {
    let queue = ExchangeQueue(byteLimit: 10, spillDirectory: "/nonexistent")
    for index in 0..<5 { queue.push(Self.exchange(index)) }
    queue.close()
    #expect(Self.drainAll(queue).map(\.body.count) == Array(repeating: 100, count: 5))
  }

  @Test
  func `an empty queue waits and is not at its end`() {
    let queue = ExchangeQueue()
    #expect(queue.drain(milliseconds: 1)?.isEmpty == true)
    queue.close()
    #expect(queue.drain(milliseconds: 1) == nil)
  }

  @Test
  func `nothing is lost when the queue is closed right behind the last exchange`() throws {
    for _ in 0..<2000 {
      let queue = ExchangeQueue()
      let isReady = Atomic(false)
      let producer = try WorkerThread("producer") {
        while !isReady.load(ordering: .acquiring) {}
        queue.push(Self.exchange(0, size: 0))
        queue.close()
      }
      isReady.store(true, ordering: .releasing)
      var count = 0
      while let batch = queue.drain(milliseconds: 0) { count += batch.count }
      producer.join()
      try #require(count == 1)
    }
  }
}
