import CLLMPerfWire
package import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// Sends a run's metrics to an OpenTelemetry collector, cumulative: an export that is lost is made good by the next.
package final class OTLPExporter: UploadingSink {
  private struct State {
    var meters = RunMeters()
    var hasEnded = false
  }

  private final class Shared: Sendable {
    let state = Lock(State())
    let waker = Waker()
  }

  private let options: OTLPOptions
  private let inFlight: @Sendable () -> Int
  private let note: @Sendable (String) -> Void
  private let shared = Shared()
  private var thread: UploadThread?

  /// - Parameters:
  ///   - inFlight: The number of requests in flight, now; called on the exporter's thread.
  ///   - note: Takes a line for the user; called on the exporter's thread.
  package init(
    _ options: OTLPOptions, inFlight: @escaping @Sendable () -> Int, note: @escaping @Sendable (String) -> Void
  ) {
    self.options = options
    self.inFlight = inFlight
    self.note = note
  }

  package func begin(_ run: RunDescription) {
    let (options, inFlight, note, shared) = (options, inFlight, note, shared)
    do {
      thread = try UploadThread("otlp") { Self.export(run, options, inFlight, note, shared) }
    } catch {
      note("OTLP: nothing is sent, for there is no thread for it: \(error)")
    }
  }

  package func receive(_ records: [RequestRecord]) {
    shared.state.withLock { state in
      for record in records { state.meters.add(record) }
    }
  }

  package func end(_ result: RunResult) {
    shared.state.withLock { $0.hasEnded = true }
    shared.waker.signal()
  }

  package func close() {
    thread?.join { note("OTLP: sending the last metrics") }
  }

  private static func export(
    _ run: RunDescription, _ options: OTLPOptions, _ inFlight: () -> Int, _ note: (String) -> Void, _ shared: Shared
  ) {
    let client = FetchClient(connectTimeout: .seconds(5), timeout: .seconds(10))
    var next = lw_monotonic() + options.interval.wholeNanoseconds
    var triesAfterEnd = 0
    var hasContact = false
    var hasComplained = false
    while true {
      while lw_monotonic() < next, !shared.state.withLock({ $0.hasEnded }) {
        shared.waker.wait(nanoseconds: max(0, next - lw_monotonic()))
      }
      let (meters, hasEnded) = shared.state.withLock { ($0.meters, $0.hasEnded) }
      var message = OTLPMessage(run, at: WallTime.now)
      let body = message.encoded(meters, inFlight: inFlight())
      let failure = send(body, options, run.version, client)
      if failure == nil { hasContact = true }
      if let failure, !hasComplained, !hasEnded {
        hasComplained = true
        note("OTLP: metrics are not taken: \(failure)")
      }
      next = lw_monotonic() + options.interval.wholeNanoseconds
      guard hasEnded else { continue }
      triesAfterEnd += 1
      guard let failure else { return }
      guard hasContact, triesAfterEnd < 3 else { return note("OTLP: the last metrics are lost: \(failure)") }
      lw_sleep_until(lw_monotonic() + 1_000_000_000)
    }
  }

  /// Sends one export; returns why it was not taken.
  private static func send(_ body: [UInt8], _ options: OTLPOptions, _ version: String, _ client: FetchClient) -> String?
  {
    let own = [("Content-Type", "application/x-protobuf"), ("User-Agent", "llmuses/\(version)")]
    let login = options.endpoint.authorization.map { ("Authorization", $0) }
    let headers = own + (login.map { [$0] } ?? []) + options.headers
    do throws(FetchFailure) {
      let response = try client.send(FetchRequest("POST", options.endpoint, headers: headers, body: body))
      if 200..<300 ~= response.status { return nil }
      return "\(options.endpoint.origin) answered \(response.status): \(response.sample)"
    } catch {
      return error.description
    }
  }
}
