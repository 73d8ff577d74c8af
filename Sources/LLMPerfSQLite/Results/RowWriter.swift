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
    try row.texts.withUnsafeBufferPointer { try bind(row, from: 0, texts: $0) }
    for value in row.leftOut {
      insertLeftOut.bind(row.index)
      insertLeftOut.bind(value.name)
      insertLeftOut.bind(value.bytes)
      try insertLeftOut.run()
    }
  }

  /// Binds the values of `row` from `first` on and runs the statement. Texts are not copied: each is there until the statement
  /// has run.
  private func bind(_ row: PreparedRow, from first: Int, texts: UnsafeBufferPointer<UInt8>) throws {
    for column in first..<row.values.count {
      switch row.values[column] {
      case .null: insert.bindNull()
      case .integer(let value): insert.bind(value)
      case .real(let value): insert.bind(value)
      case .text(let start, let count):
        insert.bind(borrowing: UnsafeBufferPointer(rebasing: texts[start..<start + count]))
      case .long(let place):
        return try row.longTexts[place].withUnsafeBufferPointer { text in
          insert.bind(borrowing: text)
          try bind(row, from: column + 1, texts: texts)
        }
      }
    }
    try insert.run()
  }
}
