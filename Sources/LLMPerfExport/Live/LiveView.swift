package import LLMPerf

/// The fuller progress of `--live`: throughput and TTFT over time, percentiles so far, failures, the client's health. As
/// many lines as there is room for.
package final class LiveView: RecordSink {
  private let region: TerminalRegion
  private let inFlight: () -> Int
  private var statistics = LiveStatistics(timelineCapacity: 240)
  private var run: RunDescription?
  private var sampler = ClientSampler()
  private var client: ClientSampler.Sample?
  private var nextSample = 0.0

  /// A view in `region`, which shows nothing else.
  ///
  /// - Parameter inFlight: The number of requests in flight, now.
  package init(_ region: TerminalRegion, inFlight: @escaping () -> Int) {
    self.region = region
    self.inFlight = inFlight
  }

  package func begin(_ run: RunDescription) {
    self.run = run
  }

  package func receive(_ records: [RequestRecord]) {
    for record in records { statistics.add(record) }
  }

  package func tick(at now: RunInstant) {
    guard let run else { return }
    if now.seconds >= nextSample {
      nextSample = now.seconds + 1
      client = sampler.sample()
    }
    let flying = inFlight()
    statistics.advance(to: now, inFlight: flying)
    let screen = LiveScreen(run: run, statistics: statistics, client: client, inFlight: flying)
    region.show(screen.lines(in: region.currentSize))
  }

  package func end(_ result: RunResult) {
    region.close()
  }
}
