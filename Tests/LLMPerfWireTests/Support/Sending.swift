import CLLMPerfWire
import LLMPerf
import LLMPerfLock
import LLMPerfTestSupport

@testable import LLMPerfWire

/// Sends requests through the transport, and gives back what became of them.
struct Sending {
  var pattern = Load.closedLoop(parallel: 1)
  var options = Self.patientOptions
  var requests = 1
  /// When each is due, in open loop; the start, where none is given.
  var dueTimes: [RunInstant]?
  /// The bytes of each request; nil: a small POST.
  var wire: [UInt8]?

  /// Options with timeouts that no test reaches by accident, and that end one that hangs.
  static var patientOptions: ClientOptions {
    var options = ClientOptions()
    options.connectTimeout = .seconds(20)
    options.readTimeout = .seconds(20)
    return options
  }

  /// What became of the requests, by their index.
  func run(to url: String, whileRunning: (HTTPTransport) -> Void = { _ in }) throws -> [FinishedExchange] {
    let address = try ServiceAddress(url)
    let transport = HTTPTransport(to: address, load: pattern, options: options)
    try transport.prepare()
    return try run(transport, to: address, whileRunning: whileRunning)
  }

  /// The same with a transport that is prepared.
  func run(
    _ transport: HTTPTransport, to address: ServiceAddress, finished: ExchangeQueue = ExchangeQueue(),
    whileRunning: (HTTPTransport) -> Void = { _ in }
  ) throws -> [FinishedExchange] {
    let queues = makeQueues(address, count: pattern.parallel == nil ? pattern.loops(atMost: options.loops) : 1)
    let failure = Lock<(any Error)?>(nil)
    transport.start(requests: queues, finished: finished, clockOrigin: lw_monotonic()) { error in
      failure.withLock { $0 = $0 ?? error }
      transport.stopSending(cancelAfter: .zero)
    }
    whileRunning(transport)
    transport.waitUntilDone()
    if let error = failure.withLock(\.self) { throw error }
    return Self.drain(finished)
  }

  /// Sends by one loop on this thread to an endpoint of the test's own making.
  func run(to endpoint: ServiceEndpoint) throws -> [FinishedExchange] {
    try run(
      on: ClientLoop(
        number: 0, endpoint: .success(endpoint), options: options, control: LoopControl(), load: pattern))
  }

  /// Sends by a loop on this thread.
  func run(on loop: ClientLoop) throws -> [FinishedExchange] {
    let finished = ExchangeQueue()
    let queues = makeQueues(try ServiceAddress("127.0.0.1"), count: 1)
    try loop.run(queues[0], finished: finished, clockOrigin: lw_monotonic())
    return Self.drain(finished)
  }

  private func makeQueues(_ address: ServiceAddress, count: Int) -> [RequestQueue] {
    let queues = (0..<count).map { _ in RequestQueue(capacity: .max / 4, byteCapacity: .max / 4) }
    let (plain, bodyStart) = APIRequest(headers: [], body: Array("{}".utf8)).wire(to: address)
    for index in 0..<requests {
      let request = ScheduledRequest(index: index, wire: wire ?? plain, bodyStart: wire == nil ? bodyStart : 0)
      let dueAt = pattern.parallel == nil ? dueTimes?[index] ?? .start : nil
      _ = queues[index % count].push(request, dueAt: dueAt)
    }
    for queue in queues { queue.close() }
    return queues
  }

  private static func drain(_ finished: ExchangeQueue) -> [FinishedExchange] {
    finished.close()
    var exchanges: [FinishedExchange] = []
    while let batch = finished.drain(milliseconds: 0) { exchanges += batch }
    return exchanges.sorted { $0.request.index < $1.request.index }
  }
}

extension FinishedExchange {
  var text: String { String(decoding: body, as: UTF8.self) }
}
