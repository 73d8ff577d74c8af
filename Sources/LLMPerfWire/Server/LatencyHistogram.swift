/// Counts durations in buckets whose width is 1/32 of their value: percentiles of any number of values in a few
/// kilobytes, at most 3 % too small.
package struct LatencyHistogram: Sendable, Hashable {
  private static let steps = 32

  private var buckets: [Int] = []
  /// How many values were added.
  package private(set) var count = 0
  /// The sum of the values, in nanoseconds.
  package private(set) var total: Int64 = 0
  /// The largest value, in nanoseconds.
  package private(set) var maximum: Int64 = 0

  package init() {}

  /// Adds a duration; a negative one counts as 0.
  package mutating func add(nanoseconds: Int64) {
    let value = max(0, nanoseconds)
    count += 1
    total += value
    maximum = max(maximum, value)
    let bucket = LatencyHistogram.bucket(value)
    if bucket >= buckets.count { buckets.append(contentsOf: repeatElement(0, count: bucket + 1 - buckets.count)) }
    buckets[bucket] += 1
  }

  /// The percentile by nearest rank, as the lower end of its bucket; 0 without values.
  package func percentile(_ percent: Double) -> Int64 {
    let rank = Int((percent / 100 * Double(count)).rounded(.up))
    var seen = 0
    for (bucket, count) in buckets.enumerated() {
      seen += count
      if seen >= max(1, rank) { return LatencyHistogram.lowerEnd(bucket) }
    }
    return 0
  }

  /// How many values lie in buckets that end at or below `nanoseconds`.
  package func count(upTo nanoseconds: Int64) -> Int {
    buckets.enumerated().reduce(0) { sum, bucket in
      LatencyHistogram.lowerEnd(bucket.offset + 1) - 1 <= nanoseconds ? sum + bucket.element : sum
    }
  }

  private static func bucket(_ value: Int64) -> Int {
    guard value >= steps else { return Int(value) }
    let exponent = 63 - value.leadingZeroBitCount
    return (exponent - 4) * steps + Int(value >> (exponent - 5)) & (steps - 1)
  }

  private static func lowerEnd(_ bucket: Int) -> Int64 {
    guard bucket >= steps else { return Int64(bucket) }
    return Int64(steps + bucket % steps) << (bucket / steps - 1)
  }
}
