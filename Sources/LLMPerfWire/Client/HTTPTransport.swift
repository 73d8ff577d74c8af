internal import CLLMPerfWire
import Dispatch
package import LLMPerf
import LLMPerfLock

/// The transport over HTTP/1.1: event loops on epoll, each with a thread and connections of its own.
package final class HTTPTransport: Transport {
  private let address: ServiceAddress
  private let load: Load
  private let options: ClientOptions
  private let controls: [LoopControl]
  private let threads = Lock<[WorkerThread]>([])
  private let starts: [LoopStart]
  /// Is shown each loop when it has been made, on the loop's thread; tests break it there.
  private let inspect: @Sendable (ClientLoop) throws -> Void
  private let error = Lock<(any Error)?>(nil)

  /// What a prepared loop waits for: its queues, and the run's start. Without work it has nothing to do any more.
  private final class LoopStart: Sendable {
    struct Work: Sendable {
      var requests: RequestQueue
      var finished: ExchangeQueue
      var clockOrigin: Int64
      var failed: @Sendable (any Error) -> Void
    }

    let isReady = DispatchSemaphore(value: 0)
    let isGiven = DispatchSemaphore(value: 0)
    let work = Lock<Work?>(nil)
  }

  /// A transport to the service at `address`.
  package convenience init(to address: ServiceAddress, load: Load, options: ClientOptions) {
    self.init(to: address, load: load, options: options) { _ in }
  }

  init(
    to address: ServiceAddress, load: Load, options: ClientOptions,
    inspect: @escaping @Sendable (ClientLoop) throws -> Void
  ) {
    self.inspect = inspect
    self.address = address
    self.load = load
    self.options = options
    let loops = load.loops(atMost: options.loops)
    controls = (0..<loops).map { _ in LoopControl() }
    starts = (0..<loops).map { _ in LoopStart() }
  }

  /// Resolves the host, starts the loops' threads, and opens connections where that was asked for.
  ///
  /// - Throws: `UsageError` for certificates; `SystemError` when the system lacks something. A host that cannot be
  ///   resolved is no error: each request fails with it.
  package func prepare() throws {
    let endpoint: Result<ServiceEndpoint, RequestFailure>
    do {
      endpoint = .success(try ServiceEndpoint(address, options))
    } catch let failure as RequestFailure {
      endpoint = .failure(failure)
    }
    do {
      for (number, start) in starts.enumerated() {
        let thread = try WorkerThread("llmuses-loop-\(number)") { [self] in
          runLoop(number, endpoint, start)
        }
        threads.withLock { $0.append(thread) }
      }
    } catch {
      self.error.withLock { $0 = $0 ?? error }
    }
    let started = threads.withLock(\.count)
    for start in starts[..<started] { start.isReady.wait() }
    guard let error = error.withLock(\.self) else { return }
    // The loops that are well get no work, and end.
    for start in starts[..<started] { start.isGiven.signal() }
    waitUntilDone()
    throw error
  }

  package func start(
    requests: [RequestQueue], finished: ExchangeQueue, clockOrigin: Int64,
    failed: @escaping @Sendable (any Error) -> Void
  ) {
    if let duration = options.duration {
      let end = clockOrigin + (duration + options.grace).wholeNanoseconds
      for control in controls { control.cancel(at: end) }
    }
    for (number, start) in starts.enumerated() {
      let queue = requests[number % requests.count]
      start.work.withLock {
        $0 = LoopStart.Work(requests: queue, finished: finished, clockOrigin: clockOrigin, failed: failed)
      }
      start.isGiven.signal()
    }
  }

  package func stopSending(cancelAfter: Duration) {
    for control in controls { control.stopSending(cancelAfter: cancelAfter) }
  }

  package func waitUntilDone() {
    for thread in threads.withLock({ $0 }) { thread.join() }
  }

  package var observations: [LoopObservation] {
    controls.map(\.published)
  }

  private func runLoop(_ number: Int, _ endpoint: Result<ServiceEndpoint, RequestFailure>, _ start: LoopStart) {
    lw_precise_timers()
    let loop: ClientLoop
    do {
      loop = try makeLoop(number, endpoint)
      try inspect(loop)
      try loop.preconnect()
    } catch {
      self.error.withLock { $0 = $0 ?? error }
      start.isReady.signal()
      return
    }
    start.isReady.signal()
    start.isGiven.wait()
    guard let work = start.work.withLock({ $0.take() }) else { return }
    do {
      try loop.run(work.requests, finished: work.finished, clockOrigin: work.clockOrigin)
    } catch {
      loop.abandon(error)
      work.failed(error)
    }
  }

  private func makeLoop(_ number: Int, _ endpoint: Result<ServiceEndpoint, RequestFailure>) throws -> ClientLoop {
    try ClientLoop(
      number: number, of: controls.count, endpoint: endpoint, options: options, control: controls[number], load: load)
  }
}
