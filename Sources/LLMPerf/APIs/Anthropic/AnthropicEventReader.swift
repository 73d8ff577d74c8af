/// Reads one event of a Messages stream.
struct AnthropicEventReader: NamedEventReader {
  var scanner: JSONScanner
  private var type: Range<Int> = 0..<0
  private var deltaType: Range<Int> = 0..<0
  /// The string in `delta` that brings output: `text`, `thinking` or `partial_json`.
  private var piece: Range<Int>?
  /// What `piece` is by the name of its member.
  private var pieceKind = Kind.text

  private enum Kind { case text, thinking, arguments }

  init(_ data: UnsafeBufferPointer<UInt8>) {
    scanner = JSONScanner(data)
  }

  mutating func readEvent() throws(JSON.ParseError) {
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("type") {
        type = try scanner.stringRangeIfPresent() ?? type
      } else if scanner.keyIs("delta"), try scanner.kind() == .object {
        try scanner.enterObject()
        while try scanner.nextKey() {
          if scanner.keyIs("type") {
            deltaType = try scanner.stringRangeIfPresent() ?? deltaType
          } else if scanner.keyIs("text") {
            try readPiece(.text)
          } else if scanner.keyIs("thinking") {
            try readPiece(.thinking)
          } else if scanner.keyIs("partial_json") {
            try readPiece(.arguments)
          } else {
            try scanner.skip()
          }
        }
      } else {
        try scanner.skip()
      }
    }
  }

  private mutating func readPiece(_ kind: Kind) throws(JSON.ParseError) {
    guard let found = try scanner.stringRangeIfPresent() else { return }
    piece = found
    pieceKind = kind
  }

  func meaning(
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
      reading.read(usage, isProvisional: isType("message_start"))
    }
    let block = json["content_block"]
    let tool = Array((block?["name"]?.stringValue ?? "").utf8)
    reading.toolCalls += tool
    // A block begins empty, by the protocol; what stands in it all the same is output.
    let text = Array((block?["text"]?.stringValue ?? "").utf8)
    let thinking = Array((block?["thinking"]?.stringValue ?? "").utf8)
    reading.text += text
    reading.reasoning += thinking
    var meaning = json["delta"]?["stop_reason"]?.stringValue.map { reading.end(reason: $0) } ?? .bookkeeping
    if !text.isEmpty { meaning.insert(.output) }
    if !tool.isEmpty { meaning.formUnion([.output, .toolCall]) }
    if !thinking.isEmpty { meaning.insert(.reasoning) }
    return meaning
  }

  private func readDelta(
    _ data: UnsafeBufferPointer<UInt8>, _ slice: ArraySlice<UInt8>, into reading: inout ResponseReading
  ) -> EventMeaning {
    guard let piece else { return .bookkeeping }
    let inside = UnsafeBufferPointer(rebasing: data[piece])
    // The type says what it is; where there is none, its name does.
    func isType(_ word: StaticString, _ kind: Kind) -> Bool {
      deltaType.isEmpty ? pieceKind == kind : data.holds(word, at: deltaType)
    }
    if isType("input_json_delta", .arguments) {
      JSONString.decode(inside, into: &reading.toolCalls)
      return piece.isEmpty ? .bookkeeping : [.output, .toolCall]
    }
    let meaning: EventMeaning
    if isType("text_delta", .text) {
      meaning = .output
    } else if isType("thinking_delta", .thinking) {
      meaning = .reasoning
    } else {
      return .bookkeeping
    }
    reading.remember(EventShape(data: slice, string: piece, meaning: meaning))
    return reading.append(inside, meaning)
  }
}
