/// Counts of durations in buckets whose width grows with the value: so many to each power of two.
///
/// A bucket is named by the exponent and the first bits of the fraction of the value as a `Double`, so finding it is a
/// shift. With 9 bits there are 512 to each power of two, and the middle of a bucket is off by 2⁻¹⁰ (0.098 %) at most. Zero,
/// minimum, maximum, count, mean and standard deviation are exact.
package struct LogLinearHistogram: Hashable, Sendable {
  /// The value of its bucket that stands for a value.
  package enum Place: Sendable {
    /// Never too large.
    case lowerEnd
    /// The nearest on the whole.
    case middle
    /// Never too small.
    case upperEnd
  }

  /// Which bucket a value falls into.
  private struct Scale: Hashable {
    let shift: UInt64
    let first: Int
    let count: Int

    init(bits: Int) {
      shift = UInt64(52 - bits)
      first = Int(1.0.bitPattern >> shift)
      // Up to 2⁵⁰ ns, which is 13 days; what is longer counts in the last bucket.
      count = 50 << bits
    }

    func bucket(of nanoseconds: Int64) -> Int {
      min(Int(Double(nanoseconds).bitPattern >> shift) &- first, count - 1)
    }

    func lowerEnd(of bucket: Int) -> Double { Double(bitPattern: UInt64(bucket + first) << shift) }
  }

  /// So many values are taken by weight; those of two histograms still add up.
  private static let largestCount = 1 << 61

  private let scale: Scale
  /// The largest relative error of a value given back as the middle of its bucket.
  package let relativeError: Double
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

  /// An empty histogram of 2 to the power of `bits` buckets to each power of two: 205 KB for 9, 3 KB for 3.
  package init(bits: Int = 9) {
    scale = Scale(bits: bits)
    relativeError = Double(sign: .plus, exponent: -bits - 1, significand: 1)
  }

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
    makeBuckets()
    counts[scale.bucket(of: value)] += UInt64(weight)
  }

  private mutating func makeBuckets() {
    if counts.isEmpty { counts = Array(repeating: 0, count: scale.count) }
  }

  /// Counts each distance between neighbours of `times`, nanoseconds that ascend.
  ///
  /// - Returns: the longest distance; zero when there is none.
  package mutating func addGaps(of times: UnsafeBufferPointer<Int64>) -> Int64 {
    guard times.count > 1 else { return 0 }
    makeBuckets()
    let scale = scale
    var longest: Int64 = 0
    var shortest = Int64.max
    var zeros = 0
    var total: UInt64 = 0
    var squares: UInt128 = 0
    counts.withUnsafeMutableBufferPointer { counts in
      var previous = times[0]
      for position in 1..<times.count {
        let now = times[position]
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
        counts[scale.bucket(of: gap)] &+= 1
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

  /// Counts everything that `other`, of as many bits, holds.
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

  /// The sum of all values in nanoseconds.
  package var total: Double { Double(sum) }

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
  package func value(atRank rank: Int, as place: Place = .middle) -> Double {
    if rank <= zeroCount { return 0 }
    if rank >= count { return Double(largest) }
    var seen = zeroCount
    for (bucket, inBucket) in counts.enumerated() where inBucket > 0 {
      seen.addClamped(Int(clamping: inBucket))
      if seen >= rank { return value(of: bucket, as: place) }
    }
    return Double(largest)
  }

  /// The value at percentile `p` by nearest rank, in nanoseconds; nil when empty.
  package func percentile(_ p: Double, as place: Place = .middle) -> Double? {
    guard count > 0 else { return nil }
    return value(atRank: min(count, max(1, Int((p * Double(count) / 100).rounded(.up)))), as: place)
  }

  /// How many values lie in buckets that hold nothing above `nanoseconds`.
  package func count(upTo nanoseconds: Int64) -> Int {
    var sum = zeroCount
    for (bucket, inBucket) in counts.enumerated() {
      guard scale.lowerEnd(of: bucket + 1).rounded(.up) - 1 <= Double(nanoseconds) else { break }
      sum.addClamped(Int(clamping: inBucket))
    }
    return sum
  }

  /// The largest of the values that were added since this was `earlier`, in nanoseconds: nil when there are none.
  package func largest(since earlier: LogLinearHistogram) -> Double? {
    if largest > earlier.largest { return Double(largest) }
    for bucket in counts.indices.reversed() {
      let before = earlier.counts.isEmpty ? 0 : earlier.counts[bucket]
      if counts[bucket] > before { return value(of: bucket, as: .upperEnd) }
    }
    return zeroCount > earlier.zeroCount ? 0 : nil
  }

  private func value(of bucket: Int, as place: Place) -> Double {
    let lower = scale.lowerEnd(of: bucket)
    let upper = scale.lowerEnd(of: bucket + 1)
    let value =
      switch place {
      case .lowerEnd: lower
      case .middle: (lower + upper) / 2
      // The last bucket has no end.
      case .upperEnd: bucket == scale.count - 1 ? Double(largest) : upper
      }
    return min(max(value, Double(smallest)), Double(largest))
  }
}
