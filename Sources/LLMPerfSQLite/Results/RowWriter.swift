import LLMPerf

/// Writes records as rows of `result`.
struct RowWriter {
  /// A text that the row of a request is too small for.
  struct LeftOut: Hashable {
    var name: String
    var bytes: Int
  }

  private let insert: Statement
  private let insertLeftOut: Statement
  private let saved: SavedBodies
  private let longestRow: Int
  private var encoder: RowEncoder
  /// The texts of the row being written that stay null.
  private var leftOut: [LeftOut] = []
  /// The bytes of the last row's texts.
  private(set) var bytesOfRow = 0

  /// What a row's numbers, and the head of its record, take at most.
  private static let bytesOfNumbers = 2048

  init(_ database: Database, saving saved: SavedBodies, isClassicOnly: Bool) throws {
    insert = try database.prepare(ResultSchema.insertResult)
    insertLeftOut = try database.prepare(ResultSchema.insertLeftOut)
    longestRow = database.longestValue
    encoder = RowEncoder(saved: saved, isClassicOnly: isClassicOnly, longestRow: longestRow)
    self.saved = saved
  }

  /// The texts of a row that are not the encoder's.
  private struct Texts {
    var plain: [UInt8]?
    var text: [UInt8]
    var reasoning: [UInt8]
    var tokensPerEvent: String?
    var message: String?
    var finishReason: String?
  }

  /// Writes `record`, its bodies as they are in `stored` where it comes from another database.
  ///
  /// - Returns: what was left out, since with it the row would be longer than SQLite allows.
  mutating func write(_ record: RequestRecord, _ stored: StoredBodies?) throws -> [LeftOut] {
    if let stored { encoder.encode(stored) } else { encoder.encode(record) }
    let texts = texts(of: record, stored)
    measure(texts)
    try bind(record, texts)
    for value in leftOut {
      insertLeftOut.bind(record.index)
      insertLeftOut.bind(value.name)
      insertLeftOut.bind(value.bytes)
      try insertLeftOut.run()
    }
    return leftOut
  }

  private func texts(of record: RequestRecord, _ stored: StoredBodies?) -> Texts {
    let keepsText = saved != .none
    return Texts(
      plain: stored == nil ? plainBody(record) : stored?.plain,
      text: stored.map { $0.text ?? [] } ?? (keepsText ? (record.bodies?.text ?? []).wellFormedText : []),
      reasoning: stored.map { $0.reasoning ?? [] }
        ?? (keepsText ? (record.bodies?.reasoning ?? []).wellFormedText : []),
      tokensPerEvent: record.tokensPerEvent.isEmpty
        ? nil : JSON.array(record.tokensPerEvent.map { .int($0) }).description,
      message: record.failure?.message, finishReason: record.finishReason)
  }

  private func plainBody(_ record: RequestRecord) -> [UInt8]? {
    guard saved == .full, let bodies = record.bodies, let plain = bodies.plain else { return nil }
    return Array(bodies.response[plain]).wellFormedText
  }

  /// Finds what must be left out: the longest texts first, until the rest fits.
  private mutating func measure(_ texts: Texts) {
    let few = (texts.message?.utf8.count ?? 0) + (texts.finishReason?.utf8.count ?? 0)
    bytesOfRow =
      encoder.request.count + encoder.messagesLength + encoder.chunkTimes.count + encoder.kinds.count
      + encoder.otherTimes.count + encoder.otherEvents.count + (texts.plain?.count ?? 0) + texts.text.count
      + texts.reasoning.count + (texts.tokensPerEvent?.utf8.count ?? 0) + few
    leftOut.removeAll()
    guard bytesOfRow + Self.bytesOfNumbers > longestRow else { return }
    let sizes: [(name: String, bytes: Int)] = [
      ("request", encoder.request.count), ("response_messages", encoder.messagesLength),
      ("chunk_times", encoder.chunkTimes.count), ("event_kinds", encoder.kinds.count),
      ("other_times", encoder.otherTimes.count), ("other_events", encoder.otherEvents.count),
      ("response_body", texts.plain?.count ?? 0), ("output_text", texts.text.count),
      ("reasoning_text", texts.reasoning.count), ("tokens_per_event", texts.tokensPerEvent?.utf8.count ?? 0),
      ("failure_message", texts.message?.utf8.count ?? 0), ("finish_reason", texts.finishReason?.utf8.count ?? 0),
    ]
    var left = bytesOfRow
    for (name, bytes) in sizes.sorted(by: { $0.bytes > $1.bytes }) where left + Self.bytesOfNumbers > longestRow {
      leftOut.append(LeftOut(name: name, bytes: bytes))
      left -= bytes
    }
  }

  private func bind(_ record: RequestRecord, _ texts: Texts) throws {
    try encoder.request.withUnsafeBufferPointer { request in
      try encoder.messages.withUnsafeBufferPointer { messages in
        try encoder.chunkTimes.withUnsafeBufferPointer { chunkTimes in
          try encoder.kinds.withUnsafeBufferPointer { kinds in
            try encoder.otherTimes.withUnsafeBufferPointer { otherTimes in
              try encoder.otherEvents.withUnsafeBufferPointer { otherEvents in
                try (texts.plain ?? []).withUnsafeBufferPointer { plain in
                  try texts.text.withUnsafeBufferPointer { output in
                    try texts.reasoning.withUnsafeBufferPointer { reasoning in
                      let texts = RowOutput.Texts(
                        request: request, messages: messages, chunkTimes: chunkTimes, kinds: kinds,
                        otherTimes: otherTimes, otherEvents: otherEvents, plain: texts.plain == nil ? nil : plain,
                        output: output, reasoning: reasoning, tokensPerEvent: texts.tokensPerEvent)
                      let row = RowOutput(insert: insert, texts: texts, leftOut: leftOut)
                      for column in ResultColumn.all { column.write(record, row) }
                      try insert.run()
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
