/// Binds prepared rows and inserts them into `result`.
struct RowWriter {
  private let insert: Statement
  private let insertLeftOut: Statement

  init(_ database: Database) throws {
    insert = try database.prepare(ResultSchema.insertResult)
    insertLeftOut = try database.prepare(ResultSchema.insertLeftOut)
  }

  /// Inserts the row at `place`, and tells the table `left_out` what it has no room for.
  func write(_ rows: PreparedRows, at place: Int) throws {
    try rows.texts.withUnsafeBufferPointer { texts in
      for value in rows.values(at: place) {
        switch value {
        case .null: insert.bindNull()
        case .integer(let value): insert.bind(value)
        case .real(let value): insert.bind(value)
        case .text(let range): insert.bind(borrowing: UnsafeBufferPointer(rebasing: texts[range]))
        }
      }
      try insert.run()
    }
    let row = rows.rows[place]
    for value in row.leftOut {
      insertLeftOut.bind(row.index)
      insertLeftOut.bind(value.name)
      insertLeftOut.bind(value.bytes)
      try insertLeftOut.run()
    }
  }
}
