internal import CLLMPerfWire
import LLMPerf
import LLMPerfWire

/// What the simulator says about itself: how much it served, and how late its own writes were.
package struct SimulatorReport: Sendable, Hashable {
  package var requests = 0
  package var completed = 0
  package var refused = 0
  package var failed = 0
  package var aborted = 0
  package var outputTokens = 0
  package var events = 0
  /// The most answers that ran or waited at the same time.
  package var peakStreams = 0
  /// Lateness of writes against their due times, in nanoseconds.
  package var latenessMedian: Int64 = 0
  package var latenessP99: Int64 = 0
  package var latenessMaximum: Int64 = 0
  /// Processor time of the server's thread, in nanoseconds.
  package var processorTime: Int64 = 0

  /// Two lines for a terminal.
  package var text: String {
    """
    \(requests) requests: \(completed) completed, \(refused) refused, \(failed) failed, \(aborted) left by the client; \
    \(outputTokens) tokens in \(events) events, at most \(peakStreams) streams at once
    own lateness of writes: p50 \(milliseconds(latenessMedian)), p99 \(milliseconds(latenessP99)), \
    max \(milliseconds(latenessMaximum)) ms

    """
  }

  private func milliseconds(_ nanoseconds: Int64) -> String {
    let micros = (nanoseconds + 500) / 1000
    let fraction = String(micros % 1000)
    return "\(micros / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }
}

extension SimulatedService {
  var report: SimulatorReport {
    SimulatorReport(
      requests: counters.requests, completed: counters.completed, refused: counters.refused, failed: counters.failed,
      aborted: counters.aborted, outputTokens: counters.outputTokens, events: counters.events,
      peakStreams: counters.activePeak, latenessMedian: Self.percentile(50, of: counters.lateness),
      latenessP99: Self.percentile(99, of: counters.lateness), latenessMaximum: counters.lateness.largest,
      processorTime: lw_thread_cpu_time())
  }

  /// The percentile in nanoseconds, never too large; 0 without values.
  private static func percentile(_ p: Double, of values: LogLinearHistogram) -> Int64 {
    Int64(values.percentile(p, as: .lowerEnd) ?? 0)
  }

  /// The answer of `/__stats`.
  var statistics: JSON {
    let report = report
    func micros(_ nanoseconds: Int64) -> JSON { .double(Double(nanoseconds) / 1e3) }
    func percentiles(_ values: LogLinearHistogram) -> JSON {
      func value(_ p: Double) -> JSON { micros(Self.percentile(p, of: values)) }
      return [
        "count": .int(values.count), "p50_us": value(50), "p90_us": value(90),
        "p99_us": value(99), "p999_us": value(99.9),
        "max_us": micros(values.largest),
      ]
    }
    return [
      "uptime_s": .double(Double(lw_monotonic() - startedAt) / 1e9),
      "cpu_s": .double(Double(report.processorTime) / 1e9),
      "resident_bytes": .int(Int(lw_resident_memory())),
      "requests": .int(report.requests), "completed": .int(report.completed), "refused": .int(report.refused),
      "failed": .int(report.failed), "aborted": .int(report.aborted), "active": .int(counters.active),
      "running": .int(engine.running), "waiting": .int(engine.waiting), "peak_streams": .int(report.peakStreams),
      "prompt_tokens": .int(counters.promptTokens), "output_tokens": .int(report.outputTokens),
      "events": .int(report.events), "writes": .int(server.writes), "blocked_writes": .int(server.blockedWrites),
      "connections": .int(server.connectionsOpen), "connections_accepted": .int(server.connectionsAccepted),
      "bad_requests": .int(server.badRequests), "lateness": percentiles(counters.lateness),
      "ttft": percentiles(counters.timeToFirstToken),
    ]
  }
}
