import LLMPerf

/// A row that is being written: where its values go, the texts that were encoded for it, and what it is too small for.
struct RowOutput {
  /// The texts of a row that several facts of a record make together. They lie where the encoder left them.
  struct Texts {
    var request: UnsafeBufferPointer<UInt8>
    var messages: UnsafeBufferPointer<UInt8>
    var chunkTimes: UnsafeBufferPointer<UInt8>
    var kinds: UnsafeBufferPointer<UInt8>
    var otherTimes: UnsafeBufferPointer<UInt8>
    var otherEvents: UnsafeBufferPointer<UInt8>
    var plain: UnsafeBufferPointer<UInt8>?
    var output: UnsafeBufferPointer<UInt8>
    var reasoning: UnsafeBufferPointer<UInt8>
    var tokensPerEvent: String?
  }

  /// The next values of the row are bound here.
  let insert: Statement
  let texts: Texts
  /// The columns that stay null, since with them the row would be longer than SQLite allows.
  let leftOut: [RowWriter.LeftOut]

  func bind(_ value: Int?) { insert.bind(value) }
  func bind(_ value: Double?) { insert.bind(value) }
  func bind(_ value: String?) { insert.bind(value) }

  /// Binds a text of any length.
  func bind(_ name: String, _ text: UnsafeBufferPointer<UInt8>?) {
    if let text, isKept(name) { insert.bind(borrowing: text) } else { insert.bind(Int?.none) }
  }

  /// Binds a text of any length.
  func bind(_ name: String, _ text: String?) {
    insert.bind(isKept(name) ? text : nil)
  }

  private func isKept(_ name: String) -> Bool { leftOut.isEmpty || !leftOut.contains { $0.name == name } }
}
