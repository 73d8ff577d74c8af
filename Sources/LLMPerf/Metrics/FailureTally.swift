/// Counts failures by class and keeps a message of each.
struct FailureTally {
  /// Classes are few; a service that makes up statuses must not fill the memory.
  static let mostClasses = 1000

  private var classes: [RequestFailure.Code: (count: Int, index: Int, sample: String)] = [:]

  mutating func note(_ failure: RequestFailure, of index: Int) {
    guard var known = classes[failure.code] else {
      if classes.count < Self.mostClasses { classes[failure.code] = (1, index, failure.message) }
      return
    }
    known.count += 1
    // The message of the first request in the schedule, so that the order of arrival does not matter.
    if index < known.index {
      known.index = index
      known.sample = failure.message
    }
    classes[failure.code] = known
  }

  /// The classes, most frequent first.
  var counts: [FailureCount] {
    classes.map { FailureCount(code: $0.key, count: $0.value.count, sample: $0.value.sample) }
      .sorted { ($1.count, $0.code.description) < ($0.count, $1.code.description) }
  }
}
