import LLMPerf

/// Counters and histograms of a run as monitoring systems take them: they only grow, and buckets are fixed.
///
/// Bounds are those that OpenTelemetry's conventions for generative AI name; what they do not name has bounds of ours.
/// Warm-up requests are left out.
struct RunMeters: Sendable {
  static let firstTokenBounds = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  ]
  static let durationBounds = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84, 327.68,
  ]
  static let tokenTimeBounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
  ]
  static let lagBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30]
  static let tokenBounds: [Double] = [
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
  ]

  private(set) var succeeded: UInt64 = 0
  /// Failures by class, in the order of their first.
  private(set) var failures: [(code: String, count: UInt64)] = []
  private(set) var inputTokens = CountSum()
  private(set) var outputTokens = CountSum()
  private(set) var bytesSent = CountSum()
  private(set) var bytesReceived = CountSum()

  private(set) var timeToFirstToken = FixedHistogram(firstTokenBounds)
  private(set) var latency = FixedHistogram(durationBounds)
  private(set) var timePerOutputToken = FixedHistogram(tokenTimeBounds)
  private(set) var interChunkLatency = FixedHistogram(tokenTimeBounds)
  private(set) var scheduleLag = FixedHistogram(lagBounds)
  private(set) var connectTime = FixedHistogram(lagBounds)
  private(set) var inputTokensPerRequest = FixedHistogram(tokenBounds)
  private(set) var outputTokensPerRequest = FixedHistogram(tokenBounds)
  /// How long failed requests took, by class.
  private(set) var failedDurations: [(code: String, histogram: FixedHistogram)] = []

  mutating func add(_ record: RequestRecord) {
    guard record.phase == .measured, record.ending.isOwn else { return }
    bytesSent.add(record.bytesSent)
    bytesReceived.add(record.bytesReceived)
    scheduleLag.add(record.scheduleLag)
    connectTime.add(record.connectTime)
    if case .failure(let failure) = record.ending { return count(failure, record) }
    succeeded += 1
    latency.add(record.latency)
    timeToFirstToken.add(record.timeToFirstToken)
    for gap in record.interChunkLatencies { interChunkLatency.add(gap) }
    if let value = record.timePerOutputToken(by: record.usage.output != nil ? .usage : .tokenizer) {
      timePerOutputToken.add(value)
    }
    if let input = record.usage.input ?? record.counted.input {
      inputTokens.add(input)
      inputTokensPerRequest.add(Double(input))
    }
    if let output = record.usage.output ?? record.counted.output {
      outputTokens.add(output)
      outputTokensPerRequest.add(Double(output))
    }
  }

  private mutating func count(_ failure: RequestFailure, _ record: RequestRecord) {
    let code = failure.code.description
    let place = failures.firstIndex { $0.code == code } ?? failures.count
    if place == failures.count {
      failures.append((code, 0))
      failedDurations.append((code, FixedHistogram(Self.durationBounds)))
    }
    failures[place].count += 1
    if let sent = record.sentAt, let ended = record.endedAt { failedDurations[place].histogram.add(ended - sent) }
  }
}
