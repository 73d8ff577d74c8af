/// The `delta` of a choice, or the `message` of a whole answer.
extension OpenAIEventReader {
  mutating func readDelta(
    isFirstChoice: Bool, into reading: inout ResponseReading
  ) throws(JSON.ParseError) {
    guard try scanner.kind() == .object else { return try readParts(.output, into: &reading) }
    mirrored = nil
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("content") {
        if try scanner.kind() == .string {
          if isFirstChoice { meaning.insert(.classic) }
          try readVisible()
        } else {
          try readParts(.output, into: &reading)
        }
      } else if isReasoningName || scanner.keyIs("reasoning_details") {
        try readReasoning(into: &reading)
      } else if scanner.keyIs("role") || scanner.keyIs("id") || scanner.keyIs("name") {
        try scanner.skip()
      } else if scanner.keyIs("refusal") {
        try readParts(.output, into: &reading)
      } else if scanner.keyIs("finish_reason") {
        try readReason()
      } else if scanner.keyIs("tool_calls") || scanner.keyIs("function_call") {
        try readCall(into: &reading)
      } else if scanner.keyIs("audio") {
        try readAudio()
      } else if scanner.keyIs("error") {
        try readError()
      } else if scanner.keyIs("usage") {
        try readUsage()
      } else {
        try readForeign(into: &reading)
      }
    }
  }

  /// Reads output in whatever form it comes: a string, a part such as `{"type": "text", "text": …}`, or a list of these.
  mutating func readParts(
    _ kind: EventMeaning, into reading: inout ResponseReading
  ) throws(JSON.ParseError) {
    switch try scanner.kind() {
    case .string:
      if kind == .reasoning { try readText(.reasoning, into: &reading.reasoning) } else { try readVisible() }
    case .array:
      try scanner.enterArray()
      while try scanner.nextElement() { try readParts(kind, into: &reading) }
    case .object: try readPart(partKind(or: kind), into: &reading)
    default: try scanner.skip()
    }
  }

  private mutating func readPart(
    _ kind: EventMeaning, into reading: inout ResponseReading
  ) throws(JSON.ParseError) {
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("text") || scanner.keyIs("content") || scanner.keyIs("refusal") || scanner.keyIs("value") {
        try readParts(kind, into: &reading)
      } else if isReasoningName || scanner.keyIs("summary") {
        try readParts(.reasoning, into: &reading)
      } else if scanner.keyIs("image_url") || scanner.keyIs("image") || scanner.keyIs("audio") {
        try readMedia()
      } else {
        try scanner.skip()
      }
    }
  }

  /// What the part at the cursor brings by its `type`, which may come behind its text, or by `thought: true`.
  private func partKind(or kind: EventMeaning) throws(JSON.ParseError) -> EventMeaning {
    var ahead = scanner
    try ahead.enterObject()
    while try ahead.nextKey() {
      if ahead.keyIs("type"), let type = try ahead.stringIfPresent() {
        if ["think", "reason", "thought"].contains(where: type.contains) { return .reasoning }
      } else if ahead.keyIs("thought"), try ahead.kind() == .true {
        return .reasoning
      } else {
        try ahead.skip()
      }
    }
    return kind
  }

  /// Sounds and pictures: output without a text.
  private mutating func readMedia() throws(JSON.ParseError) {
    switch try scanner.kind() {
    case .string: note(.output, try scanner.stringRange())
    case .object:
      try scanner.enterObject()
      while try scanner.nextKey() {
        if scanner.keyIs("url") || scanner.keyIs("data") || scanner.keyIs("b64_json") {
          try readMedia()
        } else {
          try scanner.skip()
        }
      }
    default: try scanner.skip()
    }
  }

  /// Reads a member with reasoning. Some services give the same text in two or three of them; it counts once.
  private mutating func readReasoning(into reading: inout ResponseReading) throws(JSON.ParseError) {
    let before = reading.reasoning.count
    try readParts(.reasoning, into: &reading)
    guard reading.reasoning.count > before else { return }
    guard let mirrored else {
      self.mirrored = before..<reading.reasoning.count
      return
    }
    if reading.reasoning[mirrored].elementsEqual(reading.reasoning[before...]) {
      reading.reasoning.removeSubrange(before...)
    }
  }

  private var isReasoningName: Bool {
    scanner.keyIs("reasoning_content") || scanner.keyIs("reasoning") || scanner.keyIs("thinking")
      || scanner.keyIs("reasoning_text")
  }

  /// Keeps the strings of a choice's member in which a stream has no output by the protocol, such as a whole `message` in
  /// place of the `delta`; where there is output elsewhere, it repeats that.
  mutating func readMisplaced(into reading: inout ResponseReading) throws(JSON.ParseError) {
    guard reading.text.isEmpty, reading.reasoning.isEmpty, pending == nil else { return try scanner.skip() }
    let before = reading.foreignText.count
    try scanner.appendText(to: &reading.foreignText)
    if reading.foreignText.count > before { meaning.insert(.foreign) }
  }

  /// Keeps a string whose meaning is not known: output perhaps, should the answer have no other.
  private mutating func readForeign(into reading: inout ResponseReading) throws(JSON.ParseError) {
    let isKnown = isBookkeeping
    guard let range = try scanner.stringRangeIfPresent(), !range.isEmpty, !isKnown else { return }
    scanner.decode(range, into: &reading.foreignText)
    meaning.insert(.foreign)
  }

  /// Names that are never those of output.
  private var isBookkeeping: Bool {
    scanner.keyIs("type") || scanner.keyIs("status") || scanner.keyIs("model") || scanner.keyIs("object")
      || scanner.keyIs("finish_reason") || scanner.keyIs("stop_reason") || scanner.keyIs("signature")
      || scanner.keyIs("obfuscation") || scanner.keyIs("provider") || scanner.keyIs("event")
      || scanner.keyIs("encrypted_content")
  }

  /// Names and arguments anywhere below `tool_calls` or `function_call`.
  private mutating func readCall(into reading: inout ResponseReading) throws(JSON.ParseError) {
    isTextOnly = false
    switch try scanner.kind() {
    case .array:
      try scanner.enterArray()
      while try scanner.nextElement() { try readCall(into: &reading) }
    case .object:
      try scanner.enterObject()
      while try scanner.nextKey() {
        if scanner.keyIs("arguments"), try scanner.kind() == .object {
          // Some services give them as they are, not as a string.
          let arguments = try scanner.value().utf8()
          reading.toolCalls += arguments
          if arguments.count > "{}".utf8.count { meaning.formUnion([.output, .toolCall]) }
        } else if scanner.keyIs("name") || scanner.keyIs("arguments") {
          try readText([.output, .toolCall], into: &reading.toolCalls)
        } else if scanner.keyIs("function") {
          try readCall(into: &reading)
        } else {
          try scanner.skip()
        }
      }
    default:
      try scanner.skip()
    }
  }

  private mutating func readAudio() throws(JSON.ParseError) {
    guard try scanner.kind() == .object else { return try scanner.skip() }
    isTextOnly = false
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("transcript") {
        try readVisible()
      } else if scanner.keyIs("data") {
        if let sound = try scanner.stringRangeIfPresent() { note(.output, sound) }
      } else {
        try scanner.skip()
      }
    }
  }
}
