import Dispatch
import LLMPerf
import LLMPerfLock
import Testing

@testable import LLMPerfSQLite

/// Rows that workers make ahead, so that they are only bound where the database is.
struct PreparedRowTests {
  private static func database(
    saving saved: SavedBodies, _ body: (ResultWriter) throws -> Void
  ) throws -> [[String?]] {
    let folder = try TemporaryFolder()
    let path = folder.path("run.db")
    let writer = try ResultWriter(path: path, saving: saved) { _ in "{}" }
    try writer.begin(.sample)
    try body(writer)
    try writer.close()
    let statement = try Database(path, .write).prepare(
      "SELECT \(ResultSchema.columns.map { "quote(\($0))" }.joined(separator: ", ")) FROM result ORDER BY rowid")
    var rows: [[String?]] = []
    while try statement.step() { rows.append(ResultSchema.columns.indices.map { statement.text($0) }) }
    return rows
  }

  @Test(arguments: SavedBodies.allCases)
  func `rows that several threads make at once are those that the writer makes of the records`(
    saved: SavedBodies
  ) throws {
    let records = try SampleExchanges.records(SampleExchanges.all)
    let expected = try Self.database(saving: saved) { try $0.receive(records) }
    let rows = try Self.database(saving: saved) { writer in
      let digester = writer.makeDigester()
      let digests = Lock([[PreparedRow]?](repeating: nil, count: records.count))
      DispatchQueue.concurrentPerform(iterations: records.count) { place in
        let digest = digester([records[place]])
        digests.withLock { $0[place] = digest }
      }
      for digest in digests.withLock({ $0 }) { try writer.receive(digest: #require(digest)) }
      #expect(writer.rowCount == records.count)
    }
    #expect(rows == expected)
    #expect(rows.count == records.count)
  }

  @Test
  func `a value of each kind has its place in the row of its request`() throws {
    var record = RequestRecord(index: 7, dueAt: RunInstant(nanoseconds: 1_500_000_000))
    record.ending = .failure(RequestFailure(.reset, "gone"))
    let maker = RowMakers(saving: .none, isClassicOnly: true, longestRow: 1_000_000)
    let rows = maker.rows(of: [RequestRecord(index: 6, dueAt: .start), record])
    #expect(rows.map(\.index) == [6, 7])
    let row = try #require(rows.last)
    #expect(row.values.count == ResultSchema.columns.count)
    func value(_ column: String) throws -> String {
      switch row.values[try #require(ResultSchema.columns.firstIndex(of: column))] {
      case .null: "null"
      case .integer(let value): "\(value)"
      case .real(let value): "\(value)"
      case .text(let start, let count): String(decoding: row.texts[start..<start + count], as: UTF8.self)
      case .long(let place): String(decoding: row.longTexts[place], as: UTF8.self)
      }
    }
    #expect(try value("request_index") == "7")
    #expect(try value("due_time") == "1.5")
    #expect(try value("sent_time") == "null")
    #expect(try value("failure_message") == "gone")
    #expect(try value("chunk_times") == "[]")
  }
}
