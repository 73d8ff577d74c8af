import LLMPerf

/// The requests whose first token may still be to come, in the order in which they were sent.
///
/// One that needs no more waiting for is let go of when it has become the oldest, so that nothing is searched.
struct AwaitedFirsts {
  struct Entry {
    var channel: Int
    var sent: RunInstant
  }

  private var entries: [Entry] = []
  private var start = 0
  /// So many entries that were let go of are given back at once.
  private static let mostGone = 1024

  mutating func append(_ entry: Entry) { entries.append(entry) }

  /// When the oldest was sent that `isAwaited` still; nil when there is none.
  mutating func oldest(_ isAwaited: (Entry) -> Bool) -> RunInstant? {
    while start < entries.count, !isAwaited(entries[start]) { start += 1 }
    if start == entries.count {
      entries.removeAll(keepingCapacity: true)
      start = 0
      return nil
    }
    if start >= Self.mostGone, start * 2 >= entries.count {
      entries.removeFirst(start)
      start = 0
    }
    return entries[start].sent
  }
}
