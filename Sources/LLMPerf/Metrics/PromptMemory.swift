/// Notices prompts that were sent before, and those that only begin like one.
///
/// Exact up to `limit` different prompts and `prefixLimit` different beginnings; of later ones only repetitions of those
/// are noticed, so that memory stays below 22 MB. A hash of zero means that the prompt is not known, or too short to have
/// a beginning.
struct PromptMemory {
  /// How many different prompts are remembered.
  static let limit = 1 << 20
  /// How many different beginnings: prompts that share one share few.
  static let prefixLimit = 1 << 16

  private var seen: Set<UInt64> = []
  private var seenPrefixes: Set<UInt64> = []
  private var asked = 0
  private var repeated = 0
  private var begunAlike = 0
  private let limit: Int

  init(limit: Int = Self.limit) {
    self.limit = limit
  }

  mutating func note(_ hash: UInt64, prefix: UInt64 = 0) {
    guard hash != 0 else { return }
    asked += 1
    let isNew = !seen.contains(hash)
    if !isNew {
      repeated += 1
    } else if seen.count < limit {
      seen.insert(hash)
    }
    guard prefix != 0 else { return }
    if seenPrefixes.contains(prefix) {
      if isNew { begunAlike += 1 }
    } else if seenPrefixes.count < Self.prefixLimit {
      seenPrefixes.insert(prefix)
    }
  }

  /// Share of requests whose prompt was sent before; nil when no prompt is known.
  var repeatedShare: Double? { share(repeated) }

  /// Share of requests whose prompt was new and began like one sent before; nil when no prompt is known.
  var sharedPrefixShare: Double? { share(begunAlike) }

  private func share(_ count: Int) -> Double? { asked == 0 ? nil : Double(count) / Double(asked) }
}
