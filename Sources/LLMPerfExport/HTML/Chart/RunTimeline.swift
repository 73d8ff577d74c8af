import LLMPerf

/// A run over time: its measured requests gathered in slices of equal length.
struct RunTimeline {
  /// The length of a slice in seconds.
  let width: Double
  /// The mean number of requests in flight in each slice.
  private(set) var inFlight: [Double]
  /// Successes that ended in each slice, per second.
  private(set) var finished: [Double]
  /// Failures that ended in each slice, those among them that were never sent.
  private(set) var failed: [Int]
  /// Output tokens of each slice, per second; a request's are spread evenly between its first and last token.
  private(set) var tokens: [Double]
  /// Median and 95th percentile of TTFT of the successes sent in each slice.
  private(set) var firstToken: [(p50: Double, p95: Double)?]
  /// Whether any request told its tokens.
  private(set) var hasTokens = false

  /// How many slices there are.
  var count: Int { inFlight.count }

  /// The timeline of `rows` in as many slices as wanted, of a millisecond at least; by default in so many that a slice
  /// holds some requests, since a rate by single requests is nothing but spikes. The last slice ends with the run, so that
  /// its rates are as whole as the others'.
  init(_ rows: [ReportRow], slices wanted: Int? = nil) {
    let end = rows.reduce(0) { max($0, $1.over ?? 0) }
    let wanted = wanted ?? min(120, max(12, rows.count / 6))
    let count = end > 0 ? max(1, min(wanted, Int(end / 1e-3))) : 0
    let width = count > 0 ? end / Double(count) : 1
    self.width = width
    var load = SpreadSum(count: count, width: width)
    var output = SpreadSum(count: count, width: width)
    finished = Array(repeating: 0, count: count)
    failed = Array(repeating: 0, count: count)
    var waits = [[Double]](repeating: [], count: count)
    func slice(_ time: Double) -> Int { min(count - 1, max(0, Int(time / width))) }
    for row in rows {
      guard let over = row.over else { continue }
      if row.ending.isOwn, !row.succeeded { failed[slice(over)] += 1 }
      guard let sent = row.sent else { continue }
      load.add(over - sent, from: sent, to: over)
      guard row.succeeded else { continue }
      finished[slice(over)] += 1 / width
      if let wait = row.timeToFirstToken { waits[slice(sent)].append(wait) }
      if let tokens = row.outputTokens {
        hasTokens = true
        output.add(Double(tokens), from: sent + (row.timeToFirstToken ?? 0), to: row.finished ?? over)
      }
    }
    inFlight = load.perSecond
    tokens = output.perSecond
    firstToken = waits.map { values in
      let sample = Distribution(values)
      guard let p50 = sample.percentile(50), let p95 = sample.percentile(95) else { return nil }
      return (p50, p95)
    }
  }

  /// The time at the middle of slice `index`.
  func middle(_ index: Int) -> Double { (Double(index) + 0.5) * width }
}

extension ReportRow {
  /// When the request was over; nil when it was neither sent nor has failed.
  fileprivate var over: Double? { sent == nil && failure == nil ? nil : ended ?? finished ?? sent ?? due }
}

/// Amounts spread evenly over spans of time and summed up by slice.
private struct SpreadSum {
  private var partial: [Double]
  /// The change, from slice to slice, of what covers whole slices.
  private var steps: [Double]
  private let width: Double

  init(count: Int, width: Double) {
    partial = Array(repeating: 0, count: count)
    steps = Array(repeating: 0, count: count + 1)
    self.width = width
  }

  mutating func add(_ amount: Double, from start: Double, to end: Double) {
    guard !partial.isEmpty, amount > 0 else { return }
    let last = partial.count - 1
    let first = min(last, max(0, Int(start / width)))
    let final = min(last, max(first, Int(end / width)))
    guard final > first, end > start else {
      partial[first] += amount
      return
    }
    let rate = amount / (end - start)
    partial[first] += rate * (Double(first + 1) * width - start)
    partial[final] += rate * (end - Double(final) * width)
    steps[first + 1] += rate * width
    steps[final] -= rate * width
  }

  /// The sum of each slice ÷ its length.
  var perSecond: [Double] {
    var whole = 0.0
    return partial.indices.map { index in
      whole += steps[index]
      return max(0, partial[index] + whole) / width
    }
  }
}
