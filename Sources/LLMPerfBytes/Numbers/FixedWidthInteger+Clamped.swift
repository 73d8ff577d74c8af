/// Sums of numbers that come from outside: a service's counts, a database's times. One that does not fit stands at the end
/// of its type's range, where nobody takes it for a measurement, and does not end the process.
extension FixedWidthInteger {
  /// `self + other`, held at the ends of the type's range.
  package func addingClamped(_ other: Self) -> Self {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? (other < 0 ? .min : .max) : sum
  }

  /// `self − other`, held at the ends of the type's range.
  package func subtractingClamped(_ other: Self) -> Self {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? (other < 0 ? .max : .min) : difference
  }

  /// Adds `other`, held at the ends of the type's range.
  package mutating func addClamped(_ other: Self) {
    self = addingClamped(other)
  }
}
