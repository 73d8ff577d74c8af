import LLMPerf

/// What happened second by second, over a whole run of any length: when its points run out, pairs of them are merged.
package struct Timeline: Sendable {
  /// What ended in one span of time.
  package struct Point: Sendable, Hashable {
    /// Successes and failures that ended.
    package var succeeded = 0
    package var failed = 0
    /// Output tokens of the successes.
    package var outputTokens: Int { tokens.total ?? .max }
    fileprivate var tokens = CountSum()
    /// The median TTFT in seconds; after merging, the mean of the medians by their counts.
    package var timeToFirstToken: Double?
    /// Requests in flight when the span ended.
    package var inFlight = 0

    fileprivate var weight = 0
  }

  /// The closed points from the run's start.
  package private(set) var points: [Point] = []
  /// The length of each in seconds.
  package private(set) var width = 1.0

  private var current = Point()
  private var firstTokens: [Double] = []
  private let capacity: Int

  /// A timeline of at most `capacity` points.
  package init(capacity: Int = 600) {
    self.capacity = max(2, capacity / 2 * 2)
  }

  /// Counts a request that has ended in the span that is open.
  package mutating func add(succeeded: Bool, outputTokens: Int, timeToFirstToken: Double?) {
    if succeeded { current.succeeded += 1 } else { current.failed += 1 }
    current.tokens.add(outputTokens)
    // A few thousand are enough for a median, and bound the memory of one span.
    if let timeToFirstToken, firstTokens.count < 4096 { firstTokens.append(timeToFirstToken) }
  }

  /// Closes every span that ends before `seconds` of the run.
  package mutating func advance(to seconds: Double, inFlight: Int) {
    while Double(points.count + 1) * width <= seconds {
      close(inFlight: inFlight)
      if points.count == capacity { merge() }
    }
  }

  private mutating func close(inFlight: Int) {
    current.inFlight = inFlight
    current.weight = firstTokens.count
    current.timeToFirstToken = firstTokens.isEmpty ? nil : firstTokens.sorted()[(firstTokens.count - 1) / 2]
    points.append(current)
    current = Point()
    firstTokens.removeAll(keepingCapacity: true)
  }

  private mutating func merge() {
    points = stride(from: 0, to: points.count, by: 2).map { start in
      let (a, b) = (points[start], points[start + 1])
      var sum = b
      sum.succeeded += a.succeeded
      sum.failed += a.failed
      sum.tokens.add(a.tokens)
      sum.weight += a.weight
      if sum.weight > 0 {
        let total = (a.timeToFirstToken ?? 0) * Double(a.weight) + (b.timeToFirstToken ?? 0) * Double(b.weight)
        sum.timeToFirstToken = total / Double(sum.weight)
      }
      return sum
    }
    width *= 2
  }
}
