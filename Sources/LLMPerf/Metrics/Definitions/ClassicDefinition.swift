/// The original tool's definition, mistakes and all.
public enum ClassicDefinition: ToolDefinition {
  /// The percentiles that the original told.
  package static let percentiles: [Double] = [50, 66, 75, 80, 90, 95, 98, 99]

  /// The value at the 0-based index floor(n·p/100), one above the nearest rank where that is whole; nil below nine values.
  public static func percentile(_ p: Double, of sorted: [Double]) -> Double? {
    guard sorted.count > 8, 0..<100 ~= p else { return nil }
    return sorted[Int(Double(sorted.count) * p / 100)]
  }

  /// The percentiles that the original told of `sorted`; empty below nine values.
  static func percentiles(of sorted: [Double]) -> [Double] {
    percentiles.compactMap { percentile($0, of: sorted) }
  }

  /// The numbers of the measured ones of `records`.
  public static func numbers(of records: some Sequence<RequestRecord>) -> ClassicNumbers {
    var tally = ClassicTally()
    var tokens = TokenTally()
    var latencies: [Double] = []
    var firstChunkLatencies: [Double] = []
    for record in records where record.phase == .measured && record.ending.isOwn {
      tally.note(record)
      guard record.succeeded else { continue }
      tokens.note(record)
      if let ended = record.endedAt, let start = record.connectStartedAt ?? record.sentAt {
        latencies.append(Double((ended - start).wholeNanoseconds) / 1e9)
      }
      if let first = ClassicTally.firstChunkLatency(of: record) { firstChunkLatencies.append(Double(first) / 1e9) }
    }
    return tally.numbers(
      latencies: latencies, firstChunkLatencies: firstChunkLatencies,
      outputTokens: tokens.numbers(by: tokens.source).totalOutput)
  }
}
