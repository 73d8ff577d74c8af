import LLMPerf

/// Values counted between fixed bounds, so that counts of several runs and machines add up.
struct FixedHistogram: Sendable, Hashable {
  /// The upper bound of each bucket, itself included; one more bucket follows for what is larger.
  let bounds: [Double]
  private(set) var counts: [UInt64]
  private(set) var sum = 0.0
  private(set) var count: UInt64 = 0
  private(set) var minimum = Double.infinity
  private(set) var maximum = -Double.infinity

  init(_ bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    var bucket = 0
    while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
    counts[bucket] += 1
    count += 1
    sum += value
    minimum = min(minimum, value)
    maximum = max(maximum, value)
  }

  mutating func add(_ duration: Duration?) {
    if let duration { add(max(0, duration.inSeconds)) }
  }
}
