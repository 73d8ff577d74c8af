/// Notices prompts that were sent before. Exact up to `limit` different prompts; of later ones only repetitions of those
/// are noticed, so that memory stays below 20 MB. A hash of zero means that the prompt is not known.
struct PromptMemory {
  /// How many different prompts are remembered.
  static let limit = 1 << 20

  private var seen: Set<UInt64> = []
  private var asked = 0
  private var repeated = 0
  private let limit: Int

  init(limit: Int = Self.limit) {
    self.limit = limit
  }

  mutating func note(_ hash: UInt64) {
    guard hash != 0 else { return }
    asked += 1
    if seen.contains(hash) {
      repeated += 1
    } else if seen.count < limit {
      seen.insert(hash)
    }
  }

  /// Share of requests whose prompt was sent before; nil when no prompt is known.
  var repeatedShare: Double? { asked == 0 ? nil : Double(repeated) / Double(asked) }
}
