/// Counts of durations in buckets whose width grows with the value: 512 to each power of two.
///
/// A bucket is named by the exponent and the first nine bits of the fraction of the value as a `Double`, so finding it
/// is a shift. A value is given back as the middle of its bucket, off by 2⁻¹⁰ (0.098 %) at most. Zero, minimum, maximum,
/// count, mean and standard deviation are exact.
package struct LogLinearHistogram: Hashable, Sendable {
  /// The largest relative error of a value given back.
  package static let relativeError = 0x1p-10

  /// So many values are taken by weight; those of two histograms still add up.
  private static let largestCount = 1 << 61
  private static let shift: UInt64 = 52 - 9
  private static let firstBucket = Int(1.0.bitPattern >> shift)
  /// Up to 2⁵⁰ ns, which is 13 days; what is longer counts in the last bucket.
  private static let bucketCount = 50 << 9

  /// One count for each bucket; empty until there is a value of at least a nanosecond.
  private var counts: [UInt64] = []
  /// How many values there are, and how many of them are zero.
  package private(set) var count = 0
  package private(set) var zeroCount = 0
  private var sum: UInt128 = 0
  private var sumOfSquares: UInt128 = 0
  private var smallest = Int64.max
  /// The largest value in nanoseconds; zero when there is none.
  package private(set) var largest: Int64 = 0

  package init() {}

  /// Counts `nanoseconds` (negative ones as zero) `weight` times.
  package mutating func add(_ nanoseconds: Int64, weight: Int = 1) {
    let value = max(0, nanoseconds)
    // Weights are counts that others state: one that the sums cannot hold is left out.
    guard weight > 0, weight <= Self.largestCount - count else { return }
    let (square, isTooLarge) = (UInt128(value) * UInt128(value)).multipliedReportingOverflow(by: UInt128(weight))
    let (squares, areTooLarge) = sumOfSquares.addingReportingOverflow(square)
    guard !isTooLarge, !areTooLarge else { return }
    count += weight
    smallest = min(smallest, value)
    largest = max(largest, value)
    if value == 0 {
      zeroCount += weight
      return
    }
    sum += UInt128(value) * UInt128(weight)
    sumOfSquares = squares
    if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
    counts[Self.bucket(of: value)] += UInt64(weight)
  }

  /// Counts each distance between neighbours of `times`, which ascend.
  ///
  /// - Returns: the longest distance; zero when there is none.
  package mutating func addGaps(of times: [RunInstant]) -> Int64 {
    guard times.count > 1 else { return 0 }
    if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
    var longest: Int64 = 0
    var shortest = Int64.max
    var zeros = 0
    var total: UInt64 = 0
    var squares: UInt128 = 0
    times.withUnsafeBufferPointer { times in
      counts.withUnsafeMutableBufferPointer { counts in
        var previous = times[0].nanoseconds
        for position in 1..<times.count {
          let now = times[position].nanoseconds
          let gap = max(0, now &- previous)
          previous = now
          longest = max(longest, gap)
          shortest = min(shortest, gap)
          if gap == 0 {
            zeros &+= 1
            continue
          }
          total &+= UInt64(gap)
          squares &+= UInt128(UInt64(gap)) &* UInt128(UInt64(gap))
          counts[Self.bucket(of: gap)] &+= 1
        }
      }
    }
    count += times.count - 1
    zeroCount += zeros
    sum += UInt128(total)
    sumOfSquares.addClamped(squares)
    smallest = min(smallest, shortest)
    largest = max(largest, longest)
    return longest
  }

  /// Counts everything that `other` holds.
  package mutating func add(_ other: LogLinearHistogram) {
    count.addClamped(other.count)
    zeroCount.addClamped(other.zeroCount)
    sum.addClamped(other.sum)
    sumOfSquares.addClamped(other.sumOfSquares)
    smallest = min(smallest, other.smallest)
    largest = max(largest, other.largest)
    if counts.isEmpty {
      counts = other.counts
    } else if !other.counts.isEmpty {
      for bucket in counts.indices { counts[bucket].addClamped(other.counts[bucket]) }
    }
  }

  /// The mean in nanoseconds; nil when empty.
  package var mean: Double? { count == 0 ? nil : Double(sum) / Double(count) }

  /// The sample's standard deviation in nanoseconds; nil below two values.
  package var standardDeviation: Double? {
    guard count > 1 else { return nil }
    let n = UInt128(count)
    // Whole numbers until the division, so that nothing cancels; n · Σx² would overflow after 10⁹ gaps of an hour.
    let (product, overflows) = n.multipliedReportingOverflow(by: sumOfSquares)
    let (square, overflowsToo) = sum.multipliedReportingOverflow(by: sum)
    // A sum that wrapped round is smaller than it can be: then the numbers were no durations of a run.
    let deviation =
      overflows || overflowsToo || product < square
      ? Double(sumOfSquares) - Double(sum) * Double(sum) / Double(count) : Double(product - square) / Double(count)
    return (max(0, deviation) / Double(count - 1)).squareRoot()
  }

  /// The value at the 1-based `rank`, in nanoseconds. The histogram must not be empty.
  package func value(atRank rank: Int) -> Double {
    if rank <= zeroCount { return 0 }
    if rank >= count { return Double(largest) }
    var seen = zeroCount
    for (bucket, inBucket) in counts.enumerated() where inBucket > 0 {
      seen.addClamped(Int(clamping: inBucket))
      if seen >= rank { return min(max(Self.middle(of: bucket), Double(smallest)), Double(largest)) }
    }
    return Double(largest)
  }

  /// The value at percentile `p` by nearest rank, in nanoseconds; nil when empty.
  package func percentile(_ p: Double) -> Double? {
    count == 0 ? nil : value(atRank: min(count, max(1, Int((p * Double(count) / 100).rounded(.up)))))
  }

  private static func bucket(of nanoseconds: Int64) -> Int {
    min(Int(Double(nanoseconds).bitPattern >> shift) &- firstBucket, bucketCount - 1)
  }

  private static func middle(of bucket: Int) -> Double {
    let lower = Double(bitPattern: UInt64(bucket + firstBucket) << shift)
    let upper = Double(bitPattern: UInt64(bucket + 1 + firstBucket) << shift)
    return (lower + upper) / 2
  }
}
