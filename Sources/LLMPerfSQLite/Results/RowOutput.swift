import LLMPerf

/// A row that is being made: where the values of its columns go, in order.
struct RowOutput {
  /// The texts that several facts of a record make together.
  struct Texts {
    var request = PreparedRow.Value.null
    var messages = PreparedRow.Value.null
    var chunkTimes = PreparedRow.Value.null
    var kinds = PreparedRow.Value.null
    var otherTimes = PreparedRow.Value.null
    var otherEvents = PreparedRow.Value.null
    var plain = PreparedRow.Value.null
    var output = PreparedRow.Value.null
    var reasoning = PreparedRow.Value.null
    var tokensPerEvent = PreparedRow.Value.null
  }

  private(set) var row: PreparedRow
  var texts = Texts()

  /// What the words of a row's columns take, more or less.
  private static let bytesOfWords = 64

  /// The row of `record`, whose texts have `bytes` bytes, those that are left out as well. `short` are those of the texts that
  /// are copied.
  init(_ record: RequestRecord, bytes: Int, short: Int, leavingOut leftOut: [PreparedRow.LeftOut]) {
    row = PreparedRow(index: record.index, endedAt: record.endedAt, bytes: bytes, leftOut: leftOut)
    row.values.reserveCapacity(ResultSchema.columns.count)
    // Nothing that is left out needs room.
    if leftOut.isEmpty { row.texts.reserveCapacity(short + Self.bytesOfWords) }
  }

  /// Copies a text of the column `name`; null where the row has no room for it.
  mutating func copy(_ name: String, _ text: some Collection<UInt8>) -> PreparedRow.Value {
    isKept(name) ? append(text) : .null
  }

  /// Keeps a text of the column `name` as it is; null where the row has no room for it.
  mutating func keep(_ name: String, _ text: [UInt8]?) -> PreparedRow.Value {
    guard let text, isKept(name) else { return .null }
    row.longTexts.append(text)
    return .long(row.longTexts.count - 1)
  }

  mutating func bind(_ value: Int?) { row.values.append(value.map { .integer($0) } ?? .null) }
  mutating func bind(_ value: Double?) { row.values.append(value.map { .real($0) } ?? .null) }
  mutating func bind(_ value: String?) { bind(value.map { append($0.utf8) } ?? .null) }

  /// Binds a text of any length.
  mutating func bind(_ name: String, _ text: String?) {
    bind(text.map { copy(name, $0.utf8) } ?? .null)
  }

  /// Binds a value that is ready.
  mutating func bind(_ value: PreparedRow.Value) { row.values.append(value) }

  private mutating func append(_ text: some Collection<UInt8>) -> PreparedRow.Value {
    let start = row.texts.count
    row.texts += text
    return .text(start: start, count: row.texts.count - start)
  }

  private func isKept(_ name: String) -> Bool { row.leftOut.isEmpty || !row.leftOut.contains { $0.name == name } }
}
