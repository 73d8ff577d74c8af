/// The places of one event loop over time: what its share of a `Concurrency` asks of it.
///
/// No place is taken away while its request is under way: one that is too many closes when that has ended.
package struct Places: Sendable {
  /// When the concurrency changes next; nil when it does not.
  package var nextChange: RunInstant? { rest.first?.from }

  private var rest: ArraySlice<Concurrency.Step>
  /// Places that are wanted, and those that close when they become free.
  private var wanted: Int
  private var surplus = 0

  /// The places that there are at the start.
  package let first: Int
  /// Whose places they are.
  package let concurrency: Concurrency

  package init(_ concurrency: Concurrency) {
    self.concurrency = concurrency
    first = concurrency.places(at: .start)
    wanted = first
    rest = concurrency.steps.drop { $0.from <= .start }
  }

  /// Takes the next step if it is due by `now`: how many places open with it, and when they were to.
  package mutating func takeStep(at now: RunInstant) -> (opening: Int, since: RunInstant)? {
    guard let step = rest.first, step.from <= now else { return nil }
    rest.removeFirst()
    let change = step.places - wanted
    wanted = step.places
    let kept = min(surplus, max(0, change))
    surplus += max(0, -change) - kept
    return (max(0, change) - kept, step.from)
  }

  /// Whether a place that is free now is one too many, and closes.
  package mutating func closesOne() -> Bool {
    guard surplus > 0 else { return false }
    surplus -= 1
    return true
  }
}
