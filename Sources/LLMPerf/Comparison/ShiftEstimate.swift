/// How far the second sample lies above the first: the median of all differences between a value of the second and a value
/// of the first (Hodges and Lehmann), with the interval of the shifts that the rank test does not reject.
struct ShiftEstimate {
  let shift: Double
  let interval: ClosedRange<Double>

  /// - Parameters:
  ///   - deviation: the standard deviation of U.
  ///   - quantile: how many deviations the interval reaches to each side.
  ///
  /// Nil when a sample is empty. Memory is that of the samples: differences are counted, not listed.
  init?(_ first: [Double], _ second: [Double], deviation: Double, quantile: Double) {
    let first = first.sorted()
    let second = second.sorted()
    guard !first.isEmpty, !second.isEmpty else { return nil }
    let pairs = Double(first.count) * Double(second.count)
    let differences = Differences(first: first, second: second)
    let half = quantile * deviation
    let rank = max(1, (pairs / 2 - half).rounded(.down))
    shift =
      (differences.value(atRank: ((pairs + 1) / 2).rounded(.down))
        + differences.value(atRank: ((pairs + 1) / 2).rounded(.up))) / 2
    let low = differences.value(atRank: rank)
    interval = low...max(low, differences.value(atRank: pairs + 1 - rank))
  }

  /// All differences `second − first` in ascending order, of which single ones can be asked for.
  private struct Differences {
    let first: [Double]
    let second: [Double]

    /// The difference at the 1-based `rank`, by bisection between the values that have too few differences at or below
    /// them and those that have enough.
    func value(atRank rank: Double) -> Double {
      var low = (second.first ?? 0) - (first.last ?? 0)
      var high = (second.last ?? 0) - (first.first ?? 0)
      if count(atMost: low) >= rank { return low }
      for _ in 0..<64 {
        let middle = low + (high - low) / 2
        // A hundredth of a nanosecond: no clock tells less.
        if middle <= low || middle >= high || high - low <= 1e-11 { break }
        if count(atMost: middle) >= rank { high = middle } else { low = middle }
      }
      return smallest(above: low) ?? high
    }

    /// The smallest difference above `limit`.
    private func smallest(above limit: Double) -> Double? {
      var smallest: Double?
      var reached = 0
      for value in first {
        while reached < second.count, second[reached] - value <= limit { reached += 1 }
        guard reached < second.count else { break }
        smallest = min(smallest ?? .infinity, second[reached] - value)
      }
      return smallest
    }

    /// How many differences are at most `limit`: one walk along both samples.
    private func count(atMost limit: Double) -> Double {
      var total = 0
      var reached = 0
      first.withUnsafeBufferPointer { first in
        second.withUnsafeBufferPointer { second in
          for value in first {
            while reached < second.count, second[reached] - value <= limit { reached += 1 }
            total += reached
          }
        }
      }
      return Double(total)
    }
  }
}
