extension LogLinearHistogram {
  /// Counts each distance between neighbours of `times`, which ascend.
  ///
  /// - Returns: the longest distance in nanoseconds; zero when there is none.
  package mutating func addGaps(of times: [RunInstant]) -> Int64 {
    // An instant is its nanoseconds and nothing else.
    times.withUnsafeBufferPointer { times in
      times.withMemoryRebound(to: Int64.self) { addGaps(of: $0) }
    }
  }
}
