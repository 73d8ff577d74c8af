import LLMPerf

/// A run over time: its measured requests gathered in slices of equal length.
struct RunTimeline {
  /// The length of a slice in seconds.
  let width: Double
  /// The mean number of requests in flight in each slice.
  private(set) var inFlight: [Double]
  /// Successes that ended in each slice, per second.
  private(set) var finished: [Double]
  /// Failures that ended in each slice.
  private(set) var failed: [Int]
  /// Output tokens of each slice, per second; a request's are spread evenly between its first and last token.
  private(set) var tokens: [Double]
  /// Median and 95th percentile of TTFT of the requests sent in each slice.
  private(set) var firstToken: [(p50: Double, p95: Double)?]
  /// Whether any request told its tokens.
  private(set) var hasTokens = false

  /// How many slices there are.
  var count: Int { inFlight.count }

  /// The slices' ends reach at least `count` · `width`.
  init(_ rows: [ReportRow], slices wanted: Int = 120) {
    let end = rows.reduce(0) { max($0, $1.ended ?? $1.finished ?? $1.sent ?? 0) }
    let start = 0.0
    let width = end > 0 ? PlotScale.niceStep(span: end - start, count: wanted, whole: false) : 1
    let count = end > 0 ? Int((end / width).rounded(.up)) : 0
    self.width = width
    var load = SpreadSum(count: count, width: width)
    var output = SpreadSum(count: count, width: width)
    finished = Array(repeating: 0, count: count)
    failed = Array(repeating: 0, count: count)
    var waits = [[Double]](repeating: [], count: count)
    func slice(_ time: Double) -> Int { min(count - 1, max(0, Int(time / width))) }
    for row in rows {
      guard let sent = row.sent else { continue }
      let over = row.ended ?? row.finished ?? sent
      load.add(over - sent, from: sent, to: over)
      if row.succeeded { finished[slice(over)] += 1 / width } else { failed[slice(over)] += 1 }
      if let wait = row.timeToFirstToken { waits[slice(sent)].append(wait) }
      if row.succeeded, let tokens = row.outputTokens {
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
