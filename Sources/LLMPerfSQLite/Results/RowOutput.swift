import LLMPerf

/// Rows that are being made: where the values of their columns go, in order.
struct RowOutput {
  /// Where the texts lie that several facts of a record make together.
  struct Texts {
    var request: Range<Int>?
    var messages: Range<Int>?
    var chunkTimes: Range<Int>?
    var kinds: Range<Int>?
    var otherTimes: Range<Int>?
    var otherEvents: Range<Int>?
    var plain: Range<Int>?
    var output: Range<Int>?
    var reasoning: Range<Int>?
    var tokensPerEvent: Range<Int>?
  }

  /// All rows so far, and the values of the one that is being made.
  private(set) var rows = PreparedRows()
  /// The texts of the row that is being made.
  var texts = Texts()
  /// What the row that is being made has no room for.
  private var leftOut: [PreparedRows.LeftOut] = []

  /// Output with room for so many rows, and so many bytes of texts.
  init(rows count: Int, bytes: Int) {
    rows.rows.reserveCapacity(count)
    rows.values.reserveCapacity(count * ResultSchema.columns.count)
    rows.texts.reserveCapacity(bytes)
  }

  /// Begins a row that has no room for `leftOut`.
  mutating func begin(leavingOut leftOut: [PreparedRows.LeftOut]) {
    self.leftOut = leftOut
    texts = Texts()
  }

  /// Ends the row, for which every column has bound its values.
  mutating func end(_ record: RequestRecord, bytes: Int) {
    rows.rows.append(
      PreparedRows.Row(index: record.index, endedAt: record.endedAt, bytes: bytes, leftOut: leftOut))
  }

  /// Keeps the text of the column `name` for the row; nil where there is no room for it.
  mutating func keep(_ name: String, _ text: some Collection<UInt8>) -> Range<Int>? {
    isKept(name) ? append(text) : nil
  }

  mutating func bind(_ value: Int?) { rows.values.append(value.map { .integer($0) } ?? .null) }
  mutating func bind(_ value: Double?) { rows.values.append(value.map { .real($0) } ?? .null) }
  mutating func bind(_ value: String?) { bind(value.map { append($0.utf8) }) }

  /// Binds a text of any length.
  mutating func bind(_ name: String, _ text: String?) {
    bind(text.flatMap { keep(name, $0.utf8) })
  }

  /// Binds a text that has been kept.
  mutating func bind(_ text: Range<Int>?) { rows.values.append(text.map { .text($0) } ?? .null) }

  private mutating func append(_ text: some Collection<UInt8>) -> Range<Int> {
    let start = rows.texts.count
    rows.texts += text
    return start..<rows.texts.count
  }

  private func isKept(_ name: String) -> Bool { leftOut.isEmpty || !leftOut.contains { $0.name == name } }
}
