package import LLMPerf
import LLMPerfLock
import LLMPerfWire

/// Serves the run as it goes on to browsers: one page, and a stream of snapshots.
///
/// On loopback anybody on this machine may look; elsewhere the address holds a token that must be known. A page of
/// another site cannot ask by a name that leads here, since names other than this machine's are refused.
package final class DashboardSink: RecordSink {
  private struct State {
    var snapshot: DashboardSnapshot?
    var viewers = 0
  }

  private final class Shared: Sendable {
    let state = Lock(State())
  }

  /// The address to open, token included.
  package let url: String

  private let server: HTTPServer
  private let shared = Shared()
  private let inFlight: () -> Int
  private var statistics = LiveStatistics()
  private var run: RunDescription?
  private var sampler = ClientSampler()
  private var client: ClientSampler.Sample?
  private var nextSnapshot = 0.0
  private var nextSample = 0.0
  private static let interval: Duration = .milliseconds(500)

  /// A dashboard that listens from now on.
  ///
  /// - Parameters:
  ///   - inFlight: The number of requests in flight, now.
  ///   - token: The token for addresses other than loopback; by default a random one.
  /// - Throws: `UsageError` when `place` cannot be listened on.
  package init(_ place: ListenAddress, inFlight: @escaping () -> Int, token: String? = nil) throws {
    self.inFlight = inFlight
    let access = DashboardAccess(
      names: OwnNames(place), token: place.isLoopback ? nil : token ?? DashboardAccess.makeToken())
    let shared = shared
    server = try HTTPServer(.init(page: place)) { _ in
      var router = Router()
      router.refusal = { access.refusal(of: $0) }
      router.on("GET", "/") { _ in .whole(DashboardPage.response) }
      router.on("GET", "/events") { _ in
        shared.state.withLock { $0.viewers += 1 }
        return .stream(
          EventFeed(every: Self.interval) {
            shared.state.withLock(\.snapshot).map { $0.json.utf8() } ?? []
          })
      }
      return router
    }
    let isAny = ["0.0.0.0", "::"].contains(place.address)
    url = (isAny ? "http://\(OwnNames.machine()):\(server.port)" : server.url) + access.query
  }

  package func begin(_ run: RunDescription) {
    self.run = run
    publish(verdict: nil)
  }

  package func receive(_ records: [RequestRecord]) {
    for record in records { statistics.add(record) }
  }

  package func tick(at now: RunInstant) {
    statistics.advance(to: now, inFlight: inFlight())
    if now.seconds >= nextSample {
      nextSample = now.seconds + 1
      client = sampler.sample()
    }
    guard now.seconds >= nextSnapshot else { return }
    nextSnapshot = now.seconds + Self.interval.inSeconds * 0.9
    publish(verdict: nil)
  }

  package func end(_ result: RunResult) {
    client = sampler.sample()
    publish(verdict: result.verdict)
  }

  /// Takes the page away. Whoever looks at it has seen the end before.
  package func close() {
    if shared.state.withLock(\.viewers) > 0 {
      Waker().wait(nanoseconds: Self.interval.wholeNanoseconds * 3 / 2)
    }
    try? server.stop()
  }

  private func publish(verdict: Verdict?) {
    guard let run else { return }
    let snapshot = DashboardSnapshot(
      run: run, statistics: statistics, client: client, inFlight: verdict == nil ? inFlight() : 0, verdict: verdict)
    shared.state.withLock { $0.snapshot = snapshot }
  }
}
