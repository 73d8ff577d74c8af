import LLMPerf

/// The rows of the open transaction: should it fail, they are written again one by one.
struct PendingRows {
  private(set) var rows: [PreparedRow] = []
  /// What they take, more or less.
  private(set) var bytes = 0
  /// When the transaction began.
  private(set) var begun = ContinuousClock.now
  /// The first end of their requests.
  private(set) var oldestEnd: RunInstant?
  /// How many of them have no room for a text.
  var shortened = 0

  /// What a row takes beside its texts.
  private static let bytesOfNumbers = 1024

  var isEmpty: Bool { rows.isEmpty }

  /// Begins a transaction, which has no rows yet.
  mutating func begin(at now: ContinuousClock.Instant) {
    begun = now
    bytes = 0
    shortened = 0
  }

  mutating func append(_ row: PreparedRow) {
    rows.append(row)
    bytes += row.bytes + Self.bytesOfNumbers
    if let end = row.endedAt { oldestEnd = min(oldestEnd ?? end, end) }
  }

  /// Lets go of the rows, which are in the database or cannot be written.
  mutating func removeRows() {
    rows.removeAll(keepingCapacity: true)
  }

  /// Lets go of all that has been committed.
  mutating func removeAll() {
    removeRows()
    oldestEnd = nil
  }
}
