/// Holm's correction for several tests at once (S. Holm, "A simple sequentially rejective multiple test procedure", 1979).
///
/// Held against a level, the adjusted values reject a true hypothesis anywhere in the family with at most that
/// probability, however the tests depend on each other.
enum HolmCorrection {
  /// The adjusted p-values, in the order given.
  static func adjusted(_ pValues: [Double]) -> [Double] {
    var adjusted = pValues
    var highest = 0.0
    for (position, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
      highest = max(highest, min(1, pValues[index] * Double(pValues.count - position)))
      adjusted[index] = highest
    }
    return adjusted
  }
}
