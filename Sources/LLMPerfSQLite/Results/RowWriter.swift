/// Binds prepared rows and inserts them into `result`.
struct RowWriter {
  private let insert: Statement
  private let insertLeftOut: Statement

  init(_ database: Database) throws {
    insert = try database.prepare(ResultSchema.insertResult)
    insertLeftOut = try database.prepare(ResultSchema.insertLeftOut)
  }

  /// Inserts `row`, and tells the table `left_out` what it has no room for.
  func write(_ row: PreparedRow) throws {
    try row.texts.withUnsafeBufferPointer { try bind(row.values[...], texts: $0) }
    for value in row.leftOut {
      insertLeftOut.bind(row.index)
      insertLeftOut.bind(value.name)
      insertLeftOut.bind(value.bytes)
      try insertLeftOut.run()
    }
  }

  /// Binds `values` and runs the statement. Texts are not copied: each is there until the statement has run.
  private func bind(_ values: ArraySlice<PreparedRow.Value>, texts: UnsafeBufferPointer<UInt8>) throws {
    for place in values.indices {
      switch values[place] {
      case .null: insert.bindNull()
      case .integer(let value): insert.bind(value)
      case .real(let value): insert.bind(value)
      case .text(let range): insert.bind(borrowing: UnsafeBufferPointer(rebasing: texts[range]))
      case .long(let text):
        return try text.withUnsafeBufferPointer { text in
          insert.bind(borrowing: text)
          try bind(values[(place + 1)...], texts: texts)
        }
      }
    }
    try insert.run()
  }
}
