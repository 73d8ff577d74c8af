package import LLMPerf

/// The running averages that the original tool logs for each finished request, by its own names and arithmetic.
///
/// Times run from the start of the first request recorded to the end of the last one; "packages" are events with data,
/// the first and the last two handled as the original did. Seconds.
package struct ClassicAverages: Sendable {
  private let concurrency: Int?
  private var start: Double?
  private var end = 0.0
  private var succeeded = 0
  private var failed = 0
  private var latency = 0.0
  private var firstChunkLatency = 0.0
  private var chunks = CountSum()
  private var chunkTime = 0.0
  private var lastHadSeveralEvents = false
  private var input = (sum: CountSum(), count: 0)
  private var output = (sum: CountSum(), count: 0)

  /// Averages of a run with `concurrency` requests in flight; nil in open loop.
  package init(concurrency: Int?) {
    self.concurrency = concurrency
  }

  /// Requests that ended.
  package var completed: Int { succeeded + failed }

  /// Takes a measured request that has ended; what did not come to an end of its own counts for nothing.
  package mutating func add(_ record: RequestRecord) {
    guard record.ending.isOwn else { return }
    let began = Self.start(of: record)
    if start == nil { start = began }
    end = max(end, (record.endedAt?.seconds ?? began))
    guard record.succeeded else {
      failed += 1
      return
    }
    succeeded += 1
    let total = (record.endedAt?.seconds ?? began) - began
    latency += total
    lastHadSeveralEvents = record.eventCount > 1
    if lastHadSeveralEvents, let first = record.firstEventAt?.seconds {
      firstChunkLatency += first - began
      chunks.add(record.eventCount - 2)
      chunkTime += (record.eventBeforeLastAt?.seconds ?? first) - first
    } else {
      firstChunkLatency += total
      chunks.add(1)
      chunkTime += total
    }
    add(record.usage.input ?? record.counted.input, to: &input)
    add(record.usage.output ?? record.counted.output, to: &output)
  }

  /// The averages by the original's keys, in its order. A value that does not exist is nil.
  package var values: [(key: String, value: Double?, digits: Int)] {
    let time = start.map { end - $0 }
    let successes = succeeded == 0 ? nil : Double(succeeded)
    let tokens = output.count == 0 ? nil : output.sum.approximate
    func mean(_ sum: Double) -> Double? { successes.map { sum / $0 } }
    return [
      ("Time", time, 3),
      ("concurrency", concurrency.map(Double.init), 0),
      ("completed", Double(completed), 0),
      ("succeed", Double(succeeded), 0),
      ("failed", Double(failed), 0),
      ("qps", quotient(successes, time), 3),
      ("latency", mean(latency), 3),
      ("time to first token", mean(firstChunkLatency), 3),
      ("throughput(output tokens per second)", quotient(tokens, time), 3),
      ("time per output token", quotient(time, tokens), 5),
      ("package per request", mean(chunks.approximate).map { $0 + (lastHadSeveralEvents ? 2 : 0) }, 3),
      ("time per package", successes == nil ? nil : quotient(chunkTime, chunks.approximate), 3),
      ("input tokens per request", quotient(input.sum.approximate, Double(input.count)), 3),
      ("output tokens per request", quotient(output.sum.approximate, Double(output.count)), 3),
    ]
  }

  /// The original took the time before it connected.
  private static func start(of record: RequestRecord) -> Double {
    (record.connectStartedAt ?? record.sentAt ?? record.dueAt).seconds
  }

  private func add(_ count: Int?, to total: inout (sum: CountSum, count: Int)) {
    guard let count else { return }
    total.sum.add(count)
    total.count += 1
  }

  private func quotient(_ a: Double?, _ b: Double?) -> Double? {
    guard let a, let b, b != 0 else { return nil }
    return a / b
  }
}
