import LLMPerf
import LLMPerfLock

/// Makes rows of records for any number of threads at the same time.
final class RowMakers: Sendable {
  private let idle = Lock<[RowMaker]>([])
  private let saved: SavedBodies
  private let isClassicOnly: Bool
  private let longestRow: Int

  /// One who has made rows of such a length is not kept: its buffers are as large.
  private static let mostBytesKept = 8 << 20

  init(saving saved: SavedBodies, isClassicOnly: Bool, longestRow: Int) {
    self.saved = saved
    self.isClassicOnly = isClassicOnly
    self.longestRow = longestRow
  }

  /// The rows of `records`.
  func rows(of records: [RequestRecord]) -> PreparedRows {
    use { $0.rows(of: records) }
  }

  /// The row of a record of another database, with its bodies as they are there.
  func rows(of record: RequestRecord, _ stored: StoredBodies) -> PreparedRows {
    use { $0.rows(of: record, stored) }
  }

  private func use(_ body: (inout RowMaker) -> PreparedRows) -> PreparedRows {
    var maker =
      idle.withLock { $0.popLast() }
      ?? RowMaker(saving: saved, isClassicOnly: isClassicOnly, longestRow: longestRow)
    let rows = body(&maker)
    if rows.texts.count <= Self.mostBytesKept { idle.withLock { [maker] in $0.append(maker) } }
    return rows
  }
}
