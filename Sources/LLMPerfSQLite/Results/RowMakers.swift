import LLMPerf
import LLMPerfLock

/// Makes rows of records for any number of threads at the same time.
final class RowMakers: Sendable {
  private let idle = Lock<[RowMaker]>([])
  private let saved: SavedBodies
  private let isClassicOnly: Bool
  private let longestRow: Int

  /// One who has made a row of such a length is not kept: its buffers are as large.
  private static let mostBytesKept = 8 << 20

  init(saving saved: SavedBodies, isClassicOnly: Bool, longestRow: Int) {
    self.saved = saved
    self.isClassicOnly = isClassicOnly
    self.longestRow = longestRow
  }

  /// The rows of `records`.
  func rows(of records: [RequestRecord]) -> [PreparedRow] {
    var maker = idle.withLock { $0.popLast() } ?? make()
    var rows: [PreparedRow] = []
    rows.reserveCapacity(records.count)
    for record in records {
      rows.append(maker.row(of: record))
      if rows.last.map({ $0.bytes > Self.mostBytesKept }) == true { maker = make() }
    }
    idle.withLock { [maker] in $0.append(maker) }
    return rows
  }

  /// The row of a record of another database, with its bodies as they are there.
  func row(of record: RequestRecord, _ stored: StoredBodies) -> PreparedRow {
    var maker = make()
    return maker.row(of: record, stored)
  }

  private func make() -> RowMaker {
    RowMaker(saving: saved, isClassicOnly: isClassicOnly, longestRow: longestRow)
  }
}
