import LLMPerf

/// The values that are logged for each finished request: the original's running averages under its keys, and ours under
/// plain names, which W&B can sort and filter by.
struct WandBHistory {
  private(set) var averages: ClassicAverages
  private var live = LiveStatistics(timelineCapacity: 2)
  private let wallClockStart: Double
  private let stride: Stride

  /// Rows that are logged. W&B holds some 100,000 points of a metric.
  private enum Stride {
    /// Every so many requests.
    case fixed(Int)
    /// All of the first 50,000, then at distances that grow with the count.
    case growing
  }

  init(_ run: RunDescription) {
    averages = ClassicAverages(concurrency: run.parallel)
    wallClockStart = run.wallClockStart
    stride = run.expectedRequests.map { .fixed(max(1, ($0 + 99_999) / 100_000)) } ?? .growing
  }

  /// Takes a finished request; returns its row, or nil for one that is not logged.
  mutating func row(for record: RequestRecord, inFlight: Int) -> (step: Int, WandBRecord.Items)? {
    guard record.phase == .measured else { return nil }
    averages.add(record)
    live.add(record)
    let step = averages.completed - 1
    guard isLogged(step) else { return nil }
    let ended = (record.endedAt ?? record.sentAt ?? record.dueAt).seconds
    var items: WandBRecord.Items = [
      ("_step", String(step)), ("_timestamp", Text.rounded(wallClockStart + ended, 6)),
      ("_runtime", Text.rounded(max(0, ended), 6)),
    ]
    items += classicItems
    items += Self.items(Self.own(record) + live.plainNumbers(inFlight: inFlight))
    return (step, items)
  }

  /// The original's values, for rows and for the summary.
  var classicItems: WandBRecord.Items {
    averages.values.compactMap { key, value, digits in value.map { (key, Text.rounded($0, digits)) } }
  }

  /// Values that exist, as JSON numbers.
  static func items(_ values: [(String, Double?)]) -> WandBRecord.Items {
    values.compactMap { key, value in
      guard let value, value.isFinite else { return nil }
      return (key, JSON.double(value).description)
    }
  }

  private func isLogged(_ step: Int) -> Bool {
    switch stride {
    case .fixed(let every): return step % every == 0
    case .growing:
      var every = 1
      while step / every >= 50_000 { every *= 2 }
      return step % every == 0
    }
  }

  private static func own(_ record: RequestRecord) -> [(String, Double?)] {
    let tokens: TokenSource = record.usage.output != nil ? .usage : .tokenizer
    return [
      ("request_index", Double(record.index)),
      ("request_succeeded", record.succeeded ? 1 : 0),
      ("request_latency", record.latency?.inSeconds),
      ("request_ttft", record.succeeded ? record.timeToFirstToken?.inSeconds : nil),
      ("request_tpot", record.timePerOutputToken(by: tokens)),
      ("request_max_stall", record.maxStall?.inSeconds),
      ("request_schedule_lag", record.scheduleLag?.inSeconds),
      ("request_input_tokens", (record.usage.input ?? record.counted.input).map(Double.init)),
      ("request_output_tokens", (record.usage.output ?? record.counted.output).map(Double.init)),
    ]
  }
}
