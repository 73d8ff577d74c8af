/// Reads the JSON of one event of a chat or text completion stream; llama.cpp's own `/completion` events too.
struct OpenAIEventReader {
  private var scanner: JSONScanner
  private var meaning: EventMeaning = .bookkeeping
  /// The one string that brought the event's text, if there is exactly one: what `EventShape` may vary.
  private var textRange: Range<Int>?
  private var strings = 0
  private var choice = 0
  private var choices = 0
  /// Whether the event has said nothing yet beside its text.
  private var isTextOnly = true
  /// Visible output of the current choice, whose index may come after it; the last string of it lies at `pending`.
  private var text: [UInt8] = []
  private var pending: Range<Int>?
  // What the event says beside its text; it counts when the event turns out to be whole.
  private var finishReason: String?
  private var usage = TokenUsage()
  private var error: ServiceError?

  private init(_ data: UnsafeBufferPointer<UInt8>) {
    scanner = JSONScanner(data)
  }

  static func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    event.data.withUnsafeBufferPointer { data in
      var meaning: EventMeaning
      if let known = reading.matchShape(data) {
        meaning = known
      } else if data.isBlank {
        return .bookkeeping
      } else if data.first != UInt8(ascii: "{"), event.data.isDoneMarker {
        reading.sawEnd = true
        return [.end, .sentinel]
      } else {
        meaning = scan(data, of: event.data, into: &reading)
      }
      if event.isError { meaning.formUnion(reading.fail(event.data)) }
      return meaning
    }
  }

  private static func scan(
    _ data: UnsafeBufferPointer<UInt8>, of slice: ArraySlice<UInt8>, into reading: inout ResponseReading
  ) -> EventMeaning {
    var reader = OpenAIEventReader(data)
    let counts = (text: reading.text.count, reasoning: reading.reasoning.count, calls: reading.toolCalls.count)
    do {
      try reader.readEvent(into: &reading)
      try reader.scanner.expectEnd()
    } catch {
      // Half an event says nothing.
      reading.text.removeSubrange(counts.text...)
      reading.reasoning.removeSubrange(counts.reasoning...)
      reading.toolCalls.removeSubrange(counts.calls...)
      reading.noteMalformed(slice)
      return .bookkeeping
    }
    reader.commit(to: &reading)
    return reader.remembering(slice, in: &reading)
  }

  private func commit(to reading: inout ResponseReading) {
    if isTextOnly { return }
    reading.finishReason = finishReason ?? reading.finishReason
    reading.usage.input = usage.input ?? reading.usage.input
    reading.usage.output = usage.output ?? reading.usage.output
    reading.usage.reasoning = usage.reasoning ?? reading.usage.reasoning
    reading.usage.cached = usage.cached ?? reading.usage.cached
    reading.error = reading.error ?? error
  }

  /// Remembers an event that brought one string of text for choice 0 and nothing else.
  private func remembering(_ slice: ArraySlice<UInt8>, in reading: inout ResponseReading) -> EventMeaning {
    let isPlain = meaning == [.output, .classic] || meaning == .output || meaning == .reasoning
    if let textRange, strings == 1, isPlain, isTextOnly, choices == 1, choice == 0 {
      reading.remember(EventShape(data: slice, string: textRange, meaning: meaning))
    }
    return meaning
  }

  private mutating func readEvent(into reading: inout ResponseReading) throws(JSON.ParseError) {
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("choices") {
        guard try scanner.kind() == .array else {
          try scanner.skip()
          continue
        }
        try scanner.enterArray()
        while try scanner.nextElement() { try readChoice(into: &reading) }
      } else if scanner.keyIs("usage") {
        if try OpenAIUsage.read(&scanner, into: &usage) { isTextOnly = false }
      } else if scanner.keyIs("error") {
        try readError()
      } else if scanner.keyIs("object") {
        if let object = try scanner.stringRangeIfPresent(), scanner.holds("error", at: object) {
          fail(ServiceError(message: "object: error"))
        }
      } else {
        try readNativeField(into: &reading)
      }
    }
  }

  /// Fields of llama.cpp's `/completion`, which has no `choices`.
  private mutating func readNativeField(into reading: inout ResponseReading) throws(JSON.ParseError) {
    if scanner.keyIs("content") {
      try readText(.output, into: &reading.text)
    } else if scanner.keyIs("tokens_predicted") {
      usage.output = try scanner.intIfPresent()
      isTextOnly = false
    } else if scanner.keyIs("tokens_evaluated") {
      usage.input = try scanner.intIfPresent()
      isTextOnly = false
    } else if scanner.keyIs("stop_type") {
      if let reason = try scanner.stringIfPresent(), reason != "none" {
        finishReason = reason
        isTextOnly = false
      }
    } else {
      try scanner.skip()
    }
  }

  private mutating func readChoice(into reading: inout ResponseReading) throws(JSON.ParseError) {
    guard try scanner.kind() == .object else { return try scanner.skip() }
    choices += 1
    choice = 0
    text = []
    pending = nil
    let isFirstChoice = choices == 1
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("index") {
        choice = try scanner.intIfPresent() ?? 0
      } else if scanner.keyIs("delta") {
        try readDelta(isFirstChoice: isFirstChoice, into: &reading)
      } else if scanner.keyIs("text") {
        try readVisible()
      } else if scanner.keyIs("finish_reason") {
        if let reason = try scanner.stringIfPresent() {
          finishReason = reason
          isTextOnly = false
        }
      } else {
        try scanner.skip()
      }
    }
    if choice == 0 { file(&reading.text) } else { file(&reading.otherChoices[choice, default: []]) }
  }

  /// Adds what the choice said to `output`.
  private func file(_ output: inout [UInt8]) {
    if !text.isEmpty { output += text }
    if let pending { scanner.decode(pending, into: &output) }
  }

  /// Reads a string of visible output and leaves it where it lies; only a second one makes a copy necessary.
  private mutating func readVisible() throws(JSON.ParseError) {
    guard let range = try scanner.stringRangeIfPresent() else { return }
    if let pending { scanner.decode(pending, into: &text) }
    pending = range
    note(.output, range)
  }

  private mutating func readDelta(
    isFirstChoice: Bool, into reading: inout ResponseReading
  ) throws(JSON.ParseError) {
    guard try scanner.kind() == .object else { return try scanner.skip() }
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("content") {
        if try scanner.kind() == .string, isFirstChoice { meaning.insert(.classic) }
        try readVisible()
      } else if scanner.keyIs("reasoning_content") || scanner.keyIs("reasoning") {
        try readText(.reasoning, into: &reading.reasoning)
      } else if scanner.keyIs("role") || scanner.keyIs("id") || scanner.keyIs("name") {
        try scanner.skip()
      } else if scanner.keyIs("reasoning_details") {
        try readReasoningDetails(into: &reading)
      } else if scanner.keyIs("tool_calls") || scanner.keyIs("function_call") {
        try readCall(into: &reading)
      } else if scanner.keyIs("audio") {
        try readAudio()
      } else {
        // `refusal`, and strings that a service adds of its own: output that no reader knows is output still.
        try readVisible()
      }
    }
  }

  private mutating func readText(_ kind: EventMeaning, into text: inout [UInt8]) throws(JSON.ParseError) {
    guard let range = try scanner.stringRangeIfPresent() else { return }
    scanner.decode(range, into: &text)
    note(kind, range)
  }

  private mutating func note(_ kind: EventMeaning, _ range: Range<Int>) {
    strings += 1
    textRange = range
    if !range.isEmpty { meaning.insert(kind) }
  }

  private mutating func readReasoningDetails(into reading: inout ResponseReading) throws(JSON.ParseError) {
    guard try scanner.kind() == .array else { return try scanner.skip() }
    isTextOnly = false
    try scanner.enterArray()
    while try scanner.nextElement() {
      guard try scanner.kind() == .object else {
        try scanner.skip()
        continue
      }
      try scanner.enterObject()
      while try scanner.nextKey() {
        if scanner.keyIs("text") || scanner.keyIs("summary") {
          try readText(.reasoning, into: &reading.reasoning)
        } else {
          try scanner.skip()
        }
      }
    }
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
        if scanner.keyIs("name") || scanner.keyIs("arguments") {
          try readText(.output, into: &reading.toolCalls)
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

  private mutating func readError() throws(JSON.ParseError) {
    let value = try scanner.value()
    if value != .null { fail(ServiceError(openAI: value)) }
  }

  private mutating func fail(_ error: ServiceError) {
    if self.error == nil { self.error = error }
    meaning.insert(.error)
    isTextOnly = false
  }
}
