import LLMPerf

/// The values that are logged for each finished request: the original's running averages under its keys, and ours under
/// plain names, which W&B can sort and filter by.
struct WandBHistory {
  private(set) var averages: ClassicAverages
  private var live = LiveStatistics(timelineCapacity: 2)
  private let wallClockStart: Double
  /// Whether every request is logged: the run is small enough.
  private let isWhole: Bool

  /// W&B holds some 100,000 points of a metric.
  private static let most = 100_000
  /// In a larger run each of so many first requests is logged, and then a quarter as many each time the number of requests
  /// doubles: about 100,000 rows of 2.5 million requests, and a run cut short has lost none of its beginning.
  private static let firstPart = 40_000

  init(_ run: RunDescription) {
    averages = ClassicAverages(concurrency: run.parallel)
    wallClockStart = run.wallClockStart
    isWhole = run.expectedRequests.map { $0 <= Self.most } ?? false
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
      ("_step", String(step)), ("_timestamp", NumberText.rounded(wallClockStart + ended, digits: 6)),
      ("_runtime", NumberText.rounded(max(0, ended), digits: 6)),
    ]
    items += classicItems
    items += Self.items(Self.own(record) + live.plainNumbers(inFlight: inFlight))
    return (step, items)
  }

  /// The original's values, for rows and for the summary.
  var classicItems: WandBRecord.Items {
    averages.values.compactMap { key, value, digits in value.map { (key, NumberText.rounded($0, digits: digits)) } }
  }

  /// Values that exist, as JSON numbers.
  static func items(_ values: [(String, Double?)]) -> WandBRecord.Items {
    values.compactMap { key, value in
      guard let value, value.isFinite else { return nil }
      return (key, JSON.double(value).description)
    }
  }

  private func isLogged(_ step: Int) -> Bool {
    if isWhole || step < Self.firstPart { return true }
    var distance = 4
    while step >= Self.firstPart * distance / 2 { distance *= 2 }
    return step % distance == 0
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
