/// What the events of one stream state about the output tokens so far, where they do.
///
/// Counts in a stream are totals up to their event, so they never fall, and with every event that brings output and
/// states one they have grown by one at least. Counts that do otherwise are of something else, mostly of their event
/// alone: then only a count that comes without output, after all of it, can be the total.
struct OutputCounts {
  /// The tokens of each event that brought output and a new count.
  private var steps: [Int] = []
  /// The count that the last event with output told.
  private var told = 0
  private var largest = 0
  private var hasFallen = false
  private var wasRefused = false
  private var lastCameWithOutput = false
  /// Events with output that stated a count, the same one again included.
  private var eventsWithBoth = 0

  /// Notes the count that an event stated; nil when it can be none.
  mutating func note(_ count: Int?, withOutput: Bool) {
    lastCameWithOutput = withOutput
    guard let count else {
      wasRefused = true
      return
    }
    if count < largest { hasFallen = true }
    if withOutput {
      eventsWithBoth += 1
      if count != told || steps.isEmpty { steps.append(count - told) }
      told = count
    }
    largest = max(largest, count)
  }

  /// Whether `output`, the last count that was stated, can be the total.
  func isTotal(_ output: Int?) -> Bool {
    guard let output else { return true }
    if hasFallen, lastCameWithOutput || output < largest { return false }
    return output >= eventsWithBoth
  }

  /// Tokens of each of `events` with output; empty unless each stated its own.
  func perEvent(events: Int) -> [Int] {
    hasFallen || wasRefused || steps.count != events ? [] : steps
  }
}
