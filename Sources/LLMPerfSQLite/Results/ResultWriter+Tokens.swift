extension ResultWriter {
  /// Counts the tokens of every answer that the database keeps, and notes the counts; `count` gets many texts at a time.
  package func countOutputTokens(_ count: ([[UInt8]]) -> [Int?]) throws {
    try commit()
    let select = try file.database.prepare(
      "SELECT rowid, output_text, reasoning_text FROM result WHERE success = 'True' AND rowid > ? ORDER BY rowid LIMIT 256"
    )
    let update = try file.database.prepare(
      """
      UPDATE result SET counted_output_tokens = ?1, completion_tokens = coalesce(usage_output_tokens, ?1)
      WHERE rowid = ?2
      """)
    var last = 0
    while true {
      var rows: [(id: Int, text: [UInt8])] = []
      select.bind(last)
      while try select.step() { rows.append((select.int(0) ?? 0, (select.bytes(1) ?? []) + (select.bytes(2) ?? []))) }
      select.reset()
      guard let end = rows.last?.id else { return }
      last = end
      try file.database.execute("BEGIN IMMEDIATE")
      for (row, tokens) in zip(rows, count(rows.map(\.text))) {
        update.bind(tokens)
        update.bind(row.id)
        try update.run()
      }
      try file.database.execute("COMMIT")
    }
  }
}
