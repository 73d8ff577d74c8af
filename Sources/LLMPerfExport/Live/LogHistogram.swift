/// Durations counted in buckets that grow with the value: percentiles of any number of values within 0.8 %, in a few
/// kilobytes. For numbers that are shown while a run goes on; the report's are exact.
package struct LogHistogram: Sendable {
  package private(set) var count = 0
  private var sum = 0.0
  private var buckets: [UInt32] = []
  private static let bits: Int64 = 6

  package init() {}

  /// Counts one duration of `seconds`; negative ones count as 0.
  package mutating func add(_ seconds: Double) {
    guard seconds.isFinite else { return }
    let index = Self.index(of: Int64(min(max(seconds, 0), 1e8) * 1e9))
    if index >= buckets.count { buckets.append(contentsOf: repeatElement(0, count: index + 1 - buckets.count)) }
    buckets[index] &+= 1
    count += 1
    sum += seconds
  }

  /// The mean, exact; nil without values.
  package var mean: Double? { count == 0 ? nil : sum / Double(count) }

  /// The percentile by nearest rank, as the middle of its bucket; nil without values.
  package func percentile(_ p: Double) -> Double? {
    guard count > 0 else { return nil }
    let rank = max(1, Int((p * Double(count) / 100).rounded(.up)))
    var seen = 0
    for (index, bucket) in buckets.enumerated() {
      seen += Int(bucket)
      if seen >= rank { return Self.middle(of: index) }
    }
    return nil
  }

  /// Below 64 ns every value has its own bucket; above, every octave has 64.
  private static func index(of nanoseconds: Int64) -> Int {
    guard nanoseconds >= 1 << bits else { return Int(nanoseconds) }
    let shift = 63 - Int64(nanoseconds.leadingZeroBitCount) - bits
    return Int((shift << bits) + (nanoseconds >> shift))
  }

  private static func middle(of index: Int) -> Double {
    guard index >= 2 << bits else { return Double(index) / 1e9 }
    let shift = Int64(index >> bits) - 1
    let lowest = (Int64(index) - (shift << bits)) << shift
    return (Double(lowest) + Double(Int64(1) << shift) / 2) / 1e9
  }
}
