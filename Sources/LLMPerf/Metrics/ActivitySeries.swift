/// What happened when, in buckets of equal width whose width doubles when the run outgrows them. From it come the steady
/// window and the time series of the report.
struct ActivitySeries {
  /// What happened in one bucket.
  struct Bucket: Hashable {
    var sent = 0
    var ended = 0
    var failed = 0
    /// Requests that the end of the run cut.
    var cut = 0
    /// Output tokens of successes by the time of their events, by each count.
    var usageTokens = 0.0
    var countedTokens = 0.0

    func tokens(by source: TokenSource) -> Double? {
      switch source {
      case .usage: usageTokens
      case .tokenizer: countedTokens
      case .none: nil
      }
    }

    static func += (lhs: inout Bucket, rhs: Bucket) {
      lhs.sent += rhs.sent
      lhs.ended += rhs.ended
      lhs.failed += rhs.failed
      lhs.cut += rhs.cut
      lhs.usageTokens += rhs.usageTokens
      lhs.countedTokens += rhs.countedTokens
    }
  }

  /// The width at first in nanoseconds: 1/128 s, which doubles into whole seconds.
  static let finestWidth: Int64 = 7_812_500
  /// Buckets at most.
  static let capacity = 8192

  private(set) var width = Self.finestWidth
  private(set) var buckets: [Bucket] = []

  mutating func noteSent(at instant: RunInstant) {
    buckets[index(of: instant)].sent += 1
  }

  mutating func noteEnded(at instant: RunInstant, failed: Bool) {
    let index = index(of: instant)
    buckets[index].ended += 1
    if failed { buckets[index].failed += 1 }
  }

  mutating func noteCut(at instant: RunInstant) {
    buckets[index(of: instant)].cut += 1
  }

  /// Spreads a success's output over the times of its events: by the counts of the events where they are known, and
  /// otherwise in equal parts. An answer without such events has it all at `end`.
  mutating func noteOutput(of record: RequestRecord, end: RunInstant) {
    guard record.usage.output != nil || record.counted.output != nil else { return }
    let usage = Double(record.usage.output ?? 0)
    let counted = Double(record.counted.output ?? 0)
    let times = record.tokenEventTimes
    guard let last = times.last else {
      let index = index(of: end)
      buckets[index].usageTokens += usage
      buckets[index].countedTokens += counted
      return
    }
    _ = index(of: last)
    let known = record.tokensPerEvent.count == times.count && record.usage.output != nil ? record.tokensPerEvent : []
    let usagePerEvent = usage / Double(times.count)
    let countedPerEvent = counted / Double(times.count)
    var position = 0
    var told = 0
    while position < times.count {
      let index = index(of: times[position])
      let boundary = Int64(index + 1) * width
      let first = position
      repeat { position += 1 } while position < times.count && times[position].nanoseconds < boundary
      let events = Double(position - first)
      buckets[index].countedTokens += countedPerEvent * events
      if known.isEmpty {
        buckets[index].usageTokens += usagePerEvent * events
      } else {
        let tokens = known[first..<position].reduce(0, +)
        told += tokens
        buckets[index].usageTokens += Double(tokens)
      }
    }
    // The final count may hold tokens that no event showed, such as the one that ends the text.
    if !known.isEmpty { buckets[index(of: last)].usageTokens += usage - Double(told) }
  }

  /// The bucket of `instant`, made when it does not exist. Instants before the start count as the start.
  private mutating func index(of instant: RunInstant) -> Int {
    let time = max(0, instant.nanoseconds)
    while time / width >= Int64(Self.capacity) { halve() }
    let index = Int(time / width)
    if index >= buckets.count { buckets.append(contentsOf: repeatElement(Bucket(), count: index + 1 - buckets.count)) }
    return index
  }

  private mutating func halve() {
    width *= 2
    buckets = Self.merged(buckets, by: 2)
  }

  /// Buckets of `factor` neighbours each.
  static func merged(_ buckets: [Bucket], by factor: Int) -> [Bucket] {
    stride(from: 0, to: buckets.count, by: factor).map { start in
      buckets[start..<min(start + factor, buckets.count)].reduce(into: Bucket()) { $0 += $1 }
    }
  }

  /// Requests in flight at the end of each bucket.
  var inFlight: [Int] {
    var current = 0
    return buckets.map { bucket in
      current += bucket.sent - bucket.ended - bucket.cut
      return current
    }
  }
}
