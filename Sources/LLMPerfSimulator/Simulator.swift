import Glibc
import LLMPerf
import LLMPerfLock
package import LLMPerfWire

/// A simulated service that is running.
package final class Simulator: Sendable {
  /// The port it listens on.
  package var port: UInt16 { server.port }
  /// Its address, such as `http://127.0.0.1:40123`.
  package var url: String { server.url }

  private let server: HTTPServer
  private let report: ReportBox

  /// The report crosses from the server's thread once, at its end.
  private final class ReportBox: Sendable {
    let value = Lock(SimulatorReport())
  }

  /// Starts a simulated service on a thread of its own.
  ///
  /// - Throws: `UsageError` when it cannot listen, or when the certificate and key do not belong together.
  package static func start(_ configuration: SimulatorConfiguration) throws -> Simulator {
    try Simulator(configuration)
  }

  private init(_ configuration: SimulatorConfiguration) throws {
    var options = HTTPServer.Options(address: configuration.address, port: configuration.port)
    switch (configuration.tlsCertificate, configuration.tlsKey) {
    case (let certificate?, let key?): options.tls = (certificate, key)
    case (nil, nil): break
    default: throw UsageError("--tls-cert and --tls-key belong together; give both or none.")
    }
    let report = ReportBox()
    self.report = report
    server = try HTTPServer(options) { counters in
      let service = SimulatedService(configuration, counters)
      var router = service.makeRouter()
      router.whenStopped = { report.value.withLock { $0 = service.report } }
      return router
    }
  }

  /// Ends every connection and the thread. The second call returns the same report.
  ///
  /// - Throws: what ended the server before, if something did.
  @discardableResult
  package func stop() throws -> SimulatorReport {
    try server.stop()
    return report.value.withLock { $0 }
  }

  /// Runs a simulated service until `stop` is signalled, or, if it watches its parent, until standard input ends.
  ///
  /// A simulator that watches its parent ignores interrupts from the terminal: its parent gets them too, and may want to
  /// finish what is in flight.
  ///
  /// - Parameter announce: gets the line `listening on http://ADDRESS:PORT` as soon as that is true.
  package static func run(
    _ configuration: SimulatorConfiguration, until stop: Waker, announce: (String) -> Void
  ) throws -> SimulatorReport {
    if configuration.watchesParent {
      for number in [SIGINT, SIGHUP] { signal(number, SIG_IGN) }
    }
    let simulator = try start(configuration)
    announce("listening on \(simulator.url)")
    if configuration.watchesParent {
      try waitForParent(or: stop)
    } else {
      stop.wait()
    }
    return try simulator.stop()
  }

  private static func waitForParent(or stop: Waker) throws {
    let poller = try Poller()
    try poller.add(stop.descriptor, for: .readable, token: 0)
    do {
      try poller.add(STDIN_FILENO, for: .readable, token: 1)
    } catch {
      // A file or /dev/null cannot be watched; it is at its end at once, and so is this.
      return
    }
    var isOver = false
    while !isOver {
      try poller.wait(nanoseconds: nil) { token, _ in
        var buffer = [UInt8](repeating: 0, count: 256)
        isOver = isOver || token == 0 || read(STDIN_FILENO, &buffer, buffer.count) <= 0
      }
    }
  }
}
