/// Reads one event of a Messages stream.
struct AnthropicEventReader {
  private var scanner: JSONScanner
  private var type: Range<Int> = 0..<0
  private var deltaType: Range<Int> = 0..<0
  /// The string in `delta` that brings output: `text`, `thinking` or `partial_json`.
  private var piece: Range<Int>?

  private init(_ data: UnsafeBufferPointer<UInt8>) {
    scanner = JSONScanner(data)
  }

  static func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    event.data.withUnsafeBufferPointer { data in
      if let meaning = reading.matchShape(data) { return meaning }
      if data.isBlank { return .bookkeeping }
      var reader = AnthropicEventReader(data)
      do {
        try reader.readEvent()
        try reader.scanner.expectEnd()
      } catch {
        reading.noteMalformed(event.data)
        return event.isError ? reading.fail(event.data) : .bookkeeping
      }
      return reader.meaning(of: data, event, into: &reading)
    }
  }

  private mutating func readEvent() throws(JSON.ParseError) {
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("type") {
        type = try scanner.stringRangeIfPresent() ?? type
      } else if scanner.keyIs("delta"), try scanner.kind() == .object {
        try scanner.enterObject()
        while try scanner.nextKey() {
          if scanner.keyIs("type") {
            deltaType = try scanner.stringRangeIfPresent() ?? deltaType
          } else if scanner.keyIs("text") || scanner.keyIs("thinking") || scanner.keyIs("partial_json") {
            piece = try scanner.stringRangeIfPresent()
          } else {
            try scanner.skip()
          }
        }
      } else {
        try scanner.skip()
      }
    }
  }

  private func meaning(
    of data: UnsafeBufferPointer<UInt8>, _ event: ServerSentEvent, into reading: inout ResponseReading
  ) -> EventMeaning {
    // Some services leave the type to the `event` line.
    let name = type.isEmpty ? String(decoding: event.name, as: UTF8.self) : ""
    func isType(_ word: StaticString) -> Bool {
      type.isEmpty ? name == "\(word)" : data.holds(word, at: type)
    }
    if isType("content_block_delta") { return readDelta(data, event.data, into: &reading) }
    if isType("message_stop") {
      reading.sawEnd = true
      reading.endIsProof = true
      return .end
    }
    if event.isError || isType("error") { return reading.fail(event.data) }
    if type.isEmpty, name.isEmpty { return reading.failIfError(event.data) }
    guard isType("message_start") || isType("message_delta") || isType("content_block_start"),
      let json = try? JSON(parsing: event.data)
    else { return .bookkeeping }
    let usage = json["message"]?["usage"] ?? json["usage"]
    if let usage, usage != .null {
      reading.anthropicUsage.read(usage, isProvisional: isType("message_start"), into: &reading.usage)
    }
    reading.toolCalls += Array((json["content_block"]?["name"]?.stringValue ?? "").utf8)
    return json["delta"]?["stop_reason"]?.stringValue.map { reading.end(reason: $0) } ?? .bookkeeping
  }

  private func readDelta(
    _ data: UnsafeBufferPointer<UInt8>, _ slice: ArraySlice<UInt8>, into reading: inout ResponseReading
  ) -> EventMeaning {
    guard let piece else { return .bookkeeping }
    let inside = UnsafeBufferPointer(rebasing: data[piece])
    if data.holds("input_json_delta", at: deltaType) {
      JSONString.decode(inside, into: &reading.toolCalls)
      return piece.isEmpty ? .bookkeeping : .output
    }
    let meaning: EventMeaning
    if data.holds("text_delta", at: deltaType) {
      meaning = .output
    } else if data.holds("thinking_delta", at: deltaType) {
      meaning = .reasoning
    } else {
      return .bookkeeping
    }
    reading.remember(EventShape(data: slice, string: piece, meaning: meaning))
    return reading.append(inside, meaning)
  }
}
