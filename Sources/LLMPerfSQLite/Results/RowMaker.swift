import LLMPerf

/// Makes rows of records. Keeps its buffers from row to row, so it serves one thread at a time.
struct RowMaker: Sendable {
  private let saved: SavedBodies
  private let longestRow: Int
  private var encoder: RowEncoder

  /// What a row's numbers, and the head of its record, take at most.
  private static let bytesOfNumbers = 2048

  init(saving saved: SavedBodies, isClassicOnly: Bool, longestRow: Int) {
    self.saved = saved
    self.longestRow = longestRow
    encoder = RowEncoder(saved: saved, isClassicOnly: isClassicOnly, longestRow: longestRow)
  }

  /// The row of `record`, with its bodies as they are in `stored` where it comes from another database.
  mutating func row(of record: RequestRecord, _ stored: StoredBodies? = nil) -> PreparedRow {
    if let stored { encoder.encode(stored) } else { encoder.encode(record) }
    let texts = texts(of: record, stored)
    // Those that the row shares, and those that are copied into it.
    let long =
      encoder.request.count + encoder.messagesLength + (texts.plain?.count ?? 0) + texts.text.count
      + texts.reasoning.count
    let short =
      encoder.chunkTimes.count + encoder.kinds.count + encoder.otherTimes.count + encoder.otherEvents.count
      + (texts.tokensPerEvent?.utf8.count ?? 0) + (texts.message?.utf8.count ?? 0)
      + (texts.finishReason?.utf8.count ?? 0)
    let bytes = long + short
    var output = RowOutput(record, bytes: bytes, short: short, leavingOut: leftOut(of: texts, bytes: bytes))
    put(texts, into: &output)
    for column in ResultColumn.all { column.write(record, &output) }
    return output.row
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

  /// What must be left out of a row whose texts have `bytes` bytes: the longest of them first, until the rest fits.
  private func leftOut(of texts: Texts, bytes: Int) -> [PreparedRow.LeftOut] {
    guard bytes + Self.bytesOfNumbers > longestRow else { return [] }
    let sizes: [(name: String, bytes: Int)] = [
      ("request", encoder.request.count), ("response_messages", encoder.messagesLength),
      ("chunk_times", encoder.chunkTimes.count), ("event_kinds", encoder.kinds.count),
      ("other_times", encoder.otherTimes.count), ("other_events", encoder.otherEvents.count),
      ("response_body", texts.plain?.count ?? 0), ("output_text", texts.text.count),
      ("reasoning_text", texts.reasoning.count), ("tokens_per_event", texts.tokensPerEvent?.utf8.count ?? 0),
      ("failure_message", texts.message?.utf8.count ?? 0), ("finish_reason", texts.finishReason?.utf8.count ?? 0),
    ]
    var leftOut: [PreparedRow.LeftOut] = []
    var left = bytes
    for (name, bytes) in sizes.sorted(by: { $0.bytes > $1.bytes }) where left + Self.bytesOfNumbers > longestRow {
      leftOut.append(PreparedRow.LeftOut(name: name, bytes: bytes))
      left -= bytes
    }
    return leftOut
  }

  private func put(_ texts: Texts, into output: inout RowOutput) {
    output.texts = RowOutput.Texts(
      request: output.keep("request", encoder.request),
      messages: output.keep("response_messages", encoder.messages),
      chunkTimes: output.copy("chunk_times", encoder.chunkTimes),
      kinds: output.copy("event_kinds", encoder.kinds),
      otherTimes: output.copy("other_times", encoder.otherTimes),
      otherEvents: output.copy("other_events", encoder.otherEvents),
      plain: output.keep("response_body", texts.plain),
      output: output.keep("output_text", texts.text),
      reasoning: output.keep("reasoning_text", texts.reasoning),
      tokensPerEvent: texts.tokensPerEvent.map { output.copy("tokens_per_event", $0.utf8) } ?? .null)
  }
}
