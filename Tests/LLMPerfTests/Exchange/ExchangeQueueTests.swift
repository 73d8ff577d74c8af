import Testing

@testable import LLMPerf

struct ExchangeQueueTests {
  private func exchange(_ index: Int, body: Int = 10) -> FinishedExchange {
    var exchange = FinishedExchange(request: ScheduledRequest(index: index, wire: [], bodyStart: 0), dueAt: .start)
    exchange.body = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: body)
    return exchange
  }

  @Test(arguments: [1, 255, 256, 257, 1000])
  func `gives every exchange once and in order, whatever their number`(count: Int) {
    let queue = ExchangeQueue()
    for index in 0..<count { queue.push(exchange(index)) }
    #expect(queue.backlog == count)
    queue.close()
    var seen: [Int] = []
    while let batch = queue.drain(milliseconds: 1) { seen += batch.map(\.request.index) }
    #expect(seen == Array(0..<count))
    #expect(queue.backlog == 0)
  }

  @Test func `bodies beyond the limit come back from the file as they went`() {
    let queue = ExchangeQueue(byteLimit: 1000)
    for index in 0..<600 { queue.push(exchange(index, body: 7)) }
    queue.close()
    var seen: [FinishedExchange] = []
    while let batch = queue.drain(milliseconds: 1) { seen += batch }
    #expect(seen.count == 600)
    #expect(seen.allSatisfy { $0.body == exchange($0.request.index, body: 7).body })
  }

  @Test func `large bodies come back to memory one after the other`() {
    let queue = ExchangeQueue(byteLimit: 1000, batchLength: 2000)
    for (index, size) in [700, 700, 700, 5000, 10, 10].enumerated() { queue.push(exchange(index, body: size)) }
    queue.close()
    var batches: [[Int]] = []
    while let batch = queue.drain(milliseconds: 1) { batches.append(batch.map(\.body.count)) }
    #expect(batches == [[700, 700], [700], [5000], [10, 10]])
  }

  @Test func `is congested while more than its limit waits`() {
    let queue = ExchangeQueue(countLimit: 3, batchSize: 2)
    for index in 0..<3 { queue.push(exchange(index)) }
    #expect(!queue.isCongested)
    queue.push(exchange(3))
    #expect(queue.isCongested)
    #expect(queue.drain(milliseconds: 1)?.count == 2)
    #expect(!queue.isCongested)
  }

  @Test func `an open queue without exchanges gives none, a closed one ends`() {
    let queue = ExchangeQueue()
    #expect(queue.drain(milliseconds: 1)?.isEmpty == true)
    queue.close()
    #expect(queue.drain(milliseconds: 1) == nil)
  }
}
