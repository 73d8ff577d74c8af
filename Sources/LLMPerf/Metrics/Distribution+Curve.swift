extension Distribution {
  /// A point of the curve of percentiles.
  public struct CurvePoint: Sendable, Hashable {
    /// The percentile, 0 to 100.
    public var percentile: Double
    /// The value there.
    public var value: Double
  }

  /// The percentiles `percentiles`, by nearest rank; nil where `percentile(_:)` is.
  public func values(at percentiles: [Double]) -> [Double?] {
    percentiles.map(percentile)
  }

  /// `points` percentiles at equal distances from the minimum to the maximum, for charts. Those that fall on failures
  /// are left out; empty of an empty sample.
  public func curve(points: Int) -> [CurvePoint] {
    guard !isEmpty, points > 1 else { return [] }
    return (0..<points).compactMap { position in
      let p = Double(position) * 100 / Double(points - 1)
      return percentile(p).map { CurvePoint(percentile: p, value: $0) }
    }
  }
}
