/// How many successive values of `series` are worth one independent value: `τ = 1 + 2 Σ ρ(lag)`, at least 1.
///
/// The sum ends at the first lag that is five times the τ so far (Sokal's window), which keeps the noise of far lags out.
/// Below ten values nothing can be said, and 1 is returned.
func correlationTime(of series: [Double]) -> Double {
  let count = series.count
  guard count >= 10 else { return 1 }
  let mean = series.reduce(0, +) / Double(count)
  let deviations = series.map { $0 - mean }
  return deviations.withUnsafeBufferPointer { deviations in
    let variance = covariance(deviations, lag: 0)
    guard variance > 0 else { return 1 }
    var time = 1.0
    // A correlation over more than a thousand requests is a trend, and a trend has no interval.
    for lag in 1...min(1000, count / 4) {
      time += 2 * covariance(deviations, lag: lag) / variance
      if Double(lag) >= 5 * max(1, time) { break }
    }
    return min(max(1, time), Double(count))
  }
}

private func covariance(_ deviations: UnsafeBufferPointer<Double>, lag: Int) -> Double {
  var sum = 0.0
  for position in lag..<deviations.count { sum += deviations[position] * deviations[position - lag] }
  return sum / Double(deviations.count)
}
