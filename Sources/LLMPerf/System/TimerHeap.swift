/// Timers by due time: a heap with four children a node, which for some ten thousand timers is shallow and stays in few
/// cache lines. Entries are never removed early; who set one later ignores those that no longer matter.
package struct TimerHeap<Token> {
  private struct Entry {
    var due: Int64
    var token: Token
  }

  private var entries: [Entry] = []

  package init() {}

  package var isEmpty: Bool { entries.isEmpty }
  package var count: Int { entries.count }

  /// When the first timer is due.
  package var firstDue: Int64? { entries.first?.due }

  /// Adds a timer.
  package mutating func insert(_ token: Token, due: Int64) {
    entries.append(Entry(due: due, token: token))
    entries.withUnsafeMutableBufferPointer { heap in
      var position = heap.count - 1
      while position > 0 {
        let parent = (position - 1) >> 2
        guard heap[parent].due > due else { break }
        heap.swapAt(parent, position)
        position = parent
      }
    }
  }

  /// Takes the first timer out if it is due by `now`.
  package mutating func popFirst(dueBy now: Int64) -> (token: Token, due: Int64)? {
    guard let first = entries.first, first.due <= now else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return (first.token, first.due) }
    entries.withUnsafeMutableBufferPointer { heap in
      var position = 0
      while true {
        let child = 4 * position + 1
        guard child < heap.count else { break }
        var least = child
        for other in child + 1..<max(child + 1, min(child + 4, heap.count)) where heap[other].due < heap[least].due {
          least = other
        }
        guard heap[least].due < last.due else { break }
        heap[position] = heap[least]
        position = least
      }
      heap[position] = last
    }
    return (first.token, first.due)
  }
}
