import LLMPerfLock
import LLMPerfTestSupport
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

  @Test func `what was taken counts as waiting until it is settled`() throws {
    let queue = ExchangeQueue(countLimit: 3, batchSize: 2)
    for index in 0..<4 { queue.push(exchange(index)) }
    let first = try #require(queue.next())
    #expect(queue.backlog == 4)
    #expect(queue.isCongested)
    queue.settle(first.ticket)
    #expect(queue.backlog == 2)
    #expect(!queue.isCongested)
  }

  @Test func `no more is taken than the limit allows, unless it is one batch`() throws {
    // Two exchanges of some kilobytes, and none of a megabyte.
    let queue = ExchangeQueue(batchSize: 1, takenLimit: 10_000)
    for size in [10, 10, 10, 1 << 20, 10] { queue.push(exchange(0, body: size)) }
    queue.close()
    let first = try #require(queue.next())
    let second = try #require(queue.next())
    #expect(queue.take(within: 0).isNothing)
    queue.settle(first.ticket)
    let third = try #require(queue.next())
    #expect([first, second, third].map(\.ticket.number) == [0, 1, 2])
    #expect(queue.take(within: 0).isNothing)
    for batch in [second, third] { queue.settle(batch.ticket) }
    let huge = try #require(queue.next())
    #expect(huge.exchanges.first?.body.count == 1 << 20)
    #expect(queue.take(within: 0).isNothing)
    queue.settle(huge.ticket)
    queue.settle(try #require(queue.next()).ticket)
    #expect(queue.next()?.exchanges.count == nil)
  }

  @Test(arguments: [1, 4])
  func `several workers take every exchange once`(workers: Int) throws {
    let queue = ExchangeQueue(byteLimit: 1000, batchSize: 3, takenLimit: 50_000)
    let seen = Lock<[Int: Int]>([:])
    let threads = try (0..<workers).map { _ in
      try WorkerThread("worker") {
        while let batch = queue.next() {
          for exchange in batch.exchanges {
            seen.withLock { $0[exchange.request.index, default: 0] += exchange.body.count }
          }
          queue.settle(batch.ticket)
        }
      }
    }
    for index in 0..<2000 { queue.push(exchange(index, body: 1 + index % 50)) }
    queue.close()
    for thread in threads { thread.join() }
    #expect(seen.withLock { $0 } == Dictionary(uniqueKeysWithValues: (0..<2000).map { ($0, 1 + $0 % 50) }))
    #expect(queue.backlog == 0)
  }

  /// Waits for every reply.
  private struct Everything: ReplyTaker {
    func awaits(_ request: ScheduledRequest) -> Bool { true }
    func catchUp() {}

    func take(_ reply: Reply, to request: ScheduledRequest) {}
  }

  @Test func `an answer that somebody awaits is taken beyond the limit`() throws {
    let queue = ExchangeQueue(batchSize: 1, takenLimit: 5000, replies: Everything())
    for index in 0..<3 { queue.push(exchange(index)) }
    let batches = try (0..<3).map { _ in try #require(queue.next()) }
    #expect(batches.map(\.ticket.number) == [0, 1, 2])
  }

  @Test(.timeLimit(.minutes(1)))
  func `an answer that somebody awaits is looked for at once`() throws {
    let queue = ExchangeQueue(replies: Everything())
    let pushing = try WorkerThread("pushing") { queue.push(exchange(7)) }
    // Longer than the test may take: only being woken ends such a wait.
    guard case .found(let batch) = queue.take(within: 600_000) else {
      Issue.record("nothing was found")
      return
    }
    #expect(batch.exchanges.map(\.request.index) == [7])
    pushing.join()
  }
}
