/// Reads DashScope's object: the data of an event and the plain answer have the same form.
struct DashScopeReader {
  private var scanner: JSONScanner
  private let asksIncremental: Bool
  private var meaning: EventMeaning = .bookkeeping
  private var code: String?
  private var message: String?
  /// What one choice says, gathered until its index is known.
  private var content: [UInt8] = []
  private var reasoning: [UInt8] = []

  static func read(
    _ data: ArraySlice<UInt8>, asksIncremental: Bool, into reading: inout ResponseReading
  ) -> EventMeaning {
    data.withUnsafeBufferPointer { bytes in
      if bytes.isBlank { return .bookkeeping }
      if data.isDoneMarker {
        reading.sawEnd = true
        return [.end, .sentinel]
      }
      var reader = DashScopeReader(scanner: JSONScanner(bytes), asksIncremental: asksIncremental)
      do {
        // Half an event says nothing, so it is checked before anything is taken from it.
        var check = reader.scanner
        try check.skip()
        try check.expectEnd()
        try reader.readObject(into: &reading)
      } catch {
        reading.noteMalformed(data)
        return .bookkeeping
      }
      if let code = reader.code, ServiceError.isFailure(.string(code)) {
        let words = [code, reader.message].compactMap(\.self).joined(separator: ": ")
        if reading.error == nil { reading.error = ServiceError(message: words) }
        reader.meaning.insert(.error)
      }
      return reader.meaning
    }
  }

  private init(scanner: JSONScanner, asksIncremental: Bool) {
    self.scanner = scanner
    self.asksIncremental = asksIncremental
  }

  private mutating func readObject(into reading: inout ResponseReading) throws(JSON.ParseError) {
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("output"), try scanner.kind() == .object {
        try readOutput(into: &reading)
      } else if scanner.keyIs("usage"), try scanner.kind() == .object {
        if let stated = try scanner.statedUsage() { reading.usage.take(stated) }
      } else if scanner.keyIs("error") {
        // Gateways answer in OpenAI's form.
        try readError(into: &reading)
      } else if scanner.keyIs("code") {
        code = try scanner.textIfPresent()
      } else if scanner.keyIs("message") {
        message = try scanner.stringIfPresent()
      } else {
        try scanner.skip()
      }
    }
  }

  private mutating func readError(into reading: inout ResponseReading) throws(JSON.ParseError) {
    let value = try scanner.value()
    guard !value.saysNothing else { return }
    reading.error = reading.error ?? ServiceError(openAI: value)
    meaning.insert(.error)
  }

  private mutating func readOutput(into reading: inout ResponseReading) throws(JSON.ParseError) {
    content = []
    reasoning = []
    var choices = 0
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("text") {
        _ = try scanner.appendString(to: &content)
      } else if scanner.keyIs("finish_reason") {
        try end(choice: 0, for: readFinishReason(), in: &reading)
      } else if scanner.keyIs("error") {
        try readError(into: &reading)
      } else if scanner.keyIs("choices"), try scanner.kind() == .array {
        add(choice: 0, to: &reading)
        try scanner.enterArray()
        while try scanner.nextElement() {
          try readChoice(position: choices, into: &reading)
          choices += 1
        }
      } else {
        try scanner.skip()
      }
    }
    add(choice: 0, to: &reading)
  }

  private mutating func readChoice(position: Int, into reading: inout ResponseReading) throws(JSON.ParseError) {
    guard try scanner.kind() == .object else { return try scanner.skip() }
    var index = position
    var reason: String?
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("message"), try scanner.kind() == .object {
        try readMessage(into: &reading)
      } else if scanner.keyIs("index") {
        index = try scanner.intIfPresent() ?? position
      } else if scanner.keyIs("finish_reason") {
        reason = try readFinishReason()
      } else if scanner.keyIs("error") {
        try readError(into: &reading)
      } else {
        try scanner.skip()
      }
    }
    reading.choices.begin(index)
    end(choice: index, for: reason, in: &reading)
    add(choice: index, to: &reading)
  }

  private mutating func readMessage(into reading: inout ResponseReading) throws(JSON.ParseError) {
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("content") {
        try scanner.appendText(to: &content)
      } else if scanner.keyIs("reasoning_content") {
        try scanner.appendText(to: &reasoning)
      } else if scanner.keyIs("tool_calls") {
        let before = reading.toolCalls.count
        try scanner.appendToolCalls(to: &reading.toolCalls)
        if reading.toolCalls.count > before { meaning.formUnion([.output, .toolCall]) }
      } else {
        try scanner.skip()
      }
    }
  }

  /// Until the end the reason is the string `null`, or null, or not there.
  private mutating func readFinishReason() throws(JSON.ParseError) -> String? {
    guard let reason = try scanner.stringRangeIfPresent(), !scanner.holds("null", at: reason), !reason.isEmpty else {
      return nil
    }
    return scanner.string(at: reason)
  }

  private mutating func end(choice: Int, for reason: String?, in reading: inout ResponseReading) {
    if let reason { meaning.formUnion(reading.end(choice: choice, reason: reason)) }
  }

  /// Whether `content` repeats what came before, and how long that was.
  private func compare(_ content: [UInt8], with before: [UInt8]) -> (repeats: Bool, length: Int) {
    (!asksIncremental && content.starts(with: before), before.count)
  }

  /// Files what was gathered for one choice.
  private mutating func add(choice: Int, to reading: inout ResponseReading) {
    if choice == 0 {
      if reading.textMerge.add(content, to: &reading.text, askedIncremental: asksIncremental) {
        meaning.insert(.output)
      }
    } else if !content.isEmpty {
      let (repeats, length) = compare(content, with: reading.otherChoices[choice] ?? [])
      if repeats {
        reading.otherChoices[choice] = content
      } else {
        reading.otherChoices[choice, default: []] += content
      }
      if !repeats || content.count > length { meaning.insert(.output) }
    }
    if reading.reasoningMerge.add(reasoning, to: &reading.reasoning, askedIncremental: asksIncremental) {
      meaning.insert(.reasoning)
    }
    content = []
    reasoning = []
  }
}
