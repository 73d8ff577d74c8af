/// A sum of counts that others state: it cannot overflow, however many and however large they are.
package struct CountSum: Sendable, Hashable {
  private var sum: UInt128 = 0

  package init() {}

  /// Adds `count`; a negative one is none.
  package mutating func add(_ count: Int) {
    if count > 0 { sum &+= UInt128(count) }
  }

  /// Adds what `other` holds.
  package mutating func add(_ other: CountSum) { sum &+= other.sum }

  /// The sum; nil when it does not fit, which no run that has taken place can bring about.
  package var total: Int? { Int(exactly: sum) }

  /// The sum as near as a `Double` comes to it.
  package var approximate: Double { Double(sum) }
}
