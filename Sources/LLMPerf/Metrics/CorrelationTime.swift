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

/// Eight sums side by side: one after the other, each addition would wait for the one before.
private func covariance(_ deviations: UnsafeBufferPointer<Double>, lag: Int) -> Double {
  guard let base = deviations.baseAddress else { return 0 }
  let later = UnsafeRawPointer(base + lag)
  let earlier = UnsafeRawPointer(base)
  let count = deviations.count - lag
  let stride = MemoryLayout<SIMD8<Double>>.stride
  var sums = SIMD8<Double>()
  for group in 0..<count / 8 {
    let left = later.loadUnaligned(fromByteOffset: group * stride, as: SIMD8<Double>.self)
    let right = earlier.loadUnaligned(fromByteOffset: group * stride, as: SIMD8<Double>.self)
    sums += left * right
  }
  var sum = sums.sum()
  for position in count & ~7..<count { sum += base[position + lag] * base[position] }
  return sum / Double(deviations.count)
}
