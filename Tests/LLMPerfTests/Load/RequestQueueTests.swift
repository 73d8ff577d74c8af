import Dispatch
import Glibc
import LLMPerf
import LLMPerfLock
import Synchronization
import Testing

struct RequestQueueTests {
  private static func request(_ index: Int, size: Int = 10) -> ScheduledRequest {
    ScheduledRequest(index: index, wire: [UInt8](repeating: 0, count: size), bodyStart: 0)
  }

  private static let later = RunInstant(nanoseconds: 1000)

  /// The index of the request that is sent next; nil when none is.
  private static func taken(_ queue: RequestQueue, at now: RunInstant = .max) -> Int? {
    if case .send(let request, _) = queue.take(at: now, loop: 0, wake: {}) { request.index } else { nil }
  }

  @Test
  func `gives requests in their order, then none`() {
    let queue = RequestQueue()
    for index in 0..<10 { #expect(queue.push(Self.request(index), dueAt: nil)) }
    queue.close()
    #expect((0..<10).map { _ in Self.taken(queue) } == Array(0..<10))
    guard case .finished = queue.take(at: .start, loop: 0, wake: {}) else {
      Issue.record("the queue is closed and empty")
      return
    }
  }

  @Test
  func `gives no request before it is due`() {
    let queue = RequestQueue()
    _ = queue.push(Self.request(0), dueAt: Self.later)
    guard case .notBefore(let due) = queue.take(at: RunInstant(nanoseconds: 999), loop: 0, wake: {}) else {
      Issue.record("the request is not due")
      return
    }
    #expect(due == Self.later)
    guard case .send(let request, let dueAt) = queue.take(at: Self.later, loop: 0, wake: {}) else {
      Issue.record("the request is due")
      return
    }
    #expect(request.index == 0)
    #expect(dueAt == Self.later)
  }

  @Test
  func `wakes each loop that found nothing once`() {
    let queue = RequestQueue()
    let woken = Lock<[Int]>([])
    for loop in [1, 2] {
      guard case .wait = queue.take(at: .start, loop: loop, wake: { woken.withLock { $0.append(loop) } }) else {
        Issue.record("the queue is empty")
        return
      }
    }
    _ = queue.push(Self.request(0), dueAt: nil)
    _ = queue.push(Self.request(1), dueAt: nil)
    #expect(woken.withLock { $0.sorted() } == [1, 2])
  }

  @Test
  func `wakes a waiting loop at the end`() {
    let queue = RequestQueue()
    let woken = Atomic(0)
    _ = queue.take(at: .start, loop: 0, wake: { woken.add(1, ordering: .relaxed) })
    queue.close()
    #expect(woken.load(ordering: .relaxed) == 1)
  }

  @Test
  func `counts every request that came before its end and was not taken`() throws {
    for _ in 0..<50 {
      let queue = RequestQueue(capacity: 2000)
      let came = Atomic(0)
      let producer = try WorkerThread("producer") {
        while queue.push(Self.request(0), dueAt: .start) { came.add(1, ordering: .relaxed) }
      }
      while came.load(ordering: .relaxed) == 0 { sched_yield() }
      let dropped = queue.cancel(at: .start)
      producer.join()
      #expect(dropped == came.load(ordering: .relaxed))
    }
  }

  @Test
  func `is full by count and by bytes, and always takes one`() {
    let few = RequestQueue(capacity: 2, byteCapacity: 1000)
    _ = few.push(Self.request(0), dueAt: nil)
    #expect(!few.isFull(for: Self.request(1)))
    _ = few.push(Self.request(1), dueAt: nil)
    #expect(few.isFull(for: Self.request(2)))

    let small = RequestQueue(capacity: 100, byteCapacity: 25)
    #expect(!small.isFull(for: Self.request(0, size: 5000)))
    _ = small.push(Self.request(0), dueAt: nil)
    _ = small.push(Self.request(1), dueAt: nil)
    #expect(small.isFull(for: Self.request(2)))
    #expect(!small.isFull(for: Self.request(2, size: 5)))
  }

  @Test(arguments: [(1, 1000), (4, 1000), (100, 25), (100, 1)])
  func `a producer that waits for room goes on in order`(capacity: Int, byteCapacity: Int) throws {
    let queue = RequestQueue(capacity: capacity, byteCapacity: byteCapacity)
    let producer = try WorkerThread("producer") {
      for index in 0..<300 where !queue.push(Self.request(index), dueAt: nil) { return }
      queue.close()
    }
    let arrived = DispatchSemaphore(value: 0)
    var taken: [Int] = []
    taking: while true {
      switch queue.take(at: .start, loop: 0, wake: { arrived.signal() }) {
      case .send(let request, _): taken.append(request.index)
      case .wait: arrived.wait()
      case .finished, .notBefore: break taking
      }
    }
    producer.join()
    #expect(taken == Array(0..<300))
  }

  @Test
  func `a cancelled queue lets its producer go and tells what was overdue`() throws {
    let queue = RequestQueue(capacity: 3)
    for index in 0..<3 { _ = queue.push(Self.request(index), dueAt: RunInstant(nanoseconds: Int64(index) * 100)) }
    let wasTaken = Lock<Bool?>(nil)
    let producer = try WorkerThread("producer") {
      let isWanted = queue.push(Self.request(3), dueAt: .start)
      wasTaken.withLock { $0 = isWanted }
    }
    #expect(Self.taken(queue, at: .start) == 0)
    // Two of three are left at most half a queue: the producer may or may not have got in.
    let overdue = queue.cancel(at: RunInstant(nanoseconds: 100))
    producer.join()
    #expect(overdue == 1 || overdue == 2)
    #expect(wasTaken.withLock { $0 } == (overdue == 2))
    #expect(!queue.push(Self.request(4), dueAt: nil))
    #expect(Self.taken(queue) == nil)
    #expect(queue.cancel(at: .max) == 0)
  }

  @Test
  func `requests of a closed loop are never overdue`() {
    let queue = RequestQueue()
    _ = queue.push(Self.request(0), dueAt: nil)
    #expect(queue.cancel(at: .max) == 0)
  }
}
