/// Reads the JSON of one event of a chat or text completion stream, or of a whole answer; llama.cpp's own `/completion`
/// too.
struct OpenAIEventReader {
  var scanner: JSONScanner
  var meaning: EventMeaning = .bookkeeping
  /// Whether the event has said nothing yet beside its text.
  var isTextOnly = true
  /// The one string that brought the event's text, if there is exactly one: what `EventShape` may vary.
  private var textRange: Range<Int>?
  private var strings = 0
  private var choice = 0
  private var choices = 0
  /// Whether it is a whole answer, with a `message` in place of each `delta`.
  private let isWhole: Bool
  /// Visible output of the current choice, whose index may come after it; the last string of it lies at `pending`.
  private var text: [UInt8] = []
  private(set) var pending: Range<Int>?
  /// Where the current delta's reasoning lies in the reading, as the first member that brought some gave it.
  var mirrored: Range<Int>?
  // What the event says beside its text; it counts when the event turns out to be whole.
  private var ends: [(choice: Int, reason: String)] = []
  private var usage = StatedUsage()
  private var error: ServiceError?
  /// Whether a member has come that belongs to errors, in one form of many.
  private var mayBeError = false
  private var hasStopped = false

  private init(_ data: UnsafeBufferPointer<UInt8>, isWhole: Bool = false) {
    scanner = JSONScanner(data)
    self.isWhole = isWhole
  }

  static func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    event.data.withUnsafeBufferPointer { data in
      var meaning: EventMeaning
      if let known = reading.matchShape(data) {
        meaning = known.isTokenEvent ? known : known.union(.choices)
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

  /// Reads a whole answer, which is known to be JSON.
  static func read(answer: ArraySlice<UInt8>, into reading: inout ResponseReading) {
    answer.withUnsafeBufferPointer { data in
      var reader = OpenAIEventReader(data, isWhole: true)
      guard (try? reader.readEvent(into: &reading)) != nil else { return }
      reader.commit(answer, to: &reading)
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
    reader.commit(slice, to: &reading)
    reader.noteMissingOutput()
    return reader.remembering(slice, in: &reading)
  }

  private mutating func commit(_ slice: ArraySlice<UInt8>, to reading: inout ResponseReading) {
    if isTextOnly { return }
    reading.usage.take(usage)
    if mayBeError, error == nil, let json = try? JSON(parsing: slice) { error = ServiceError(body: json) }
    if let error {
      reading.error = reading.error ?? error
      meaning.insert(.error)
    }
    if ends.isEmpty, hasStopped { meaning.formUnion(reading.end(reason: "stop")) }
    for end in ends { meaning.formUnion(reading.end(choice: end.choice, reason: end.reason)) }
  }

  /// Says of an event without output whether it has choices, or counts alone.
  private mutating func noteMissingOutput() {
    if meaning.isTokenEvent { return }
    if choices > 0 { meaning.insert(.choices) } else if usage != StatedUsage() { meaning.insert(.usage) }
  }

  /// Remembers an event that brought one string of text for choice 0 and nothing else.
  private func remembering(_ slice: ArraySlice<UInt8>, in reading: inout ResponseReading) -> EventMeaning {
    let kind = meaning.subtracting([.classic, .foreign])
    if let textRange, strings == 1, kind == .output || kind == .reasoning, isTextOnly, choices == 1, choice == 0 {
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
      } else if isEnvelope {
        try scanner.skip()
      } else if isUsageName {
        try readUsage()
      } else if scanner.keyIs("error") {
        try readError()
      } else if scanner.keyIs("object") || scanner.keyIs("type") || scanner.keyIs("status") {
        try readState()
      } else {
        try readNativeField(into: &reading)
      }
    }
  }

  /// What kind of event it is, or how the service fares: mostly the same in all, and of interest where it may be an error.
  private mutating func readState() throws(JSON.ParseError) {
    if try scanner.kind() == .number {
      if try scanner.intIfPresent() != 200 { noteErrorMember() }
    } else if let state = try scanner.stringRangeIfPresent(), state.count <= ServiceError.longestFailureWord,
      ServiceError.failureWords.contains(scanner.string(at: state))
    {
      noteErrorMember()
    }
  }

  /// Fields of llama.cpp's `/completion`, which has no `choices`, and those that errors are told by.
  private mutating func readNativeField(into reading: inout ResponseReading) throws(JSON.ParseError) {
    if scanner.keyIs("content") {
      if isWhole { try readWholeText(into: &reading) } else { try readText(.output, into: &reading.text) }
    } else if scanner.keyIs("tokens_predicted") {
      usage.output = try scanner.statedCount()
      isTextOnly = false
    } else if scanner.keyIs("tokens_evaluated") {
      usage.input = try scanner.statedCount()
      isTextOnly = false
    } else if scanner.keyIs("stop_type") {
      try readReason()
    } else if scanner.keyIs("stop"), try scanner.kind() == .true {
      try scanner.skip()
      hasStopped = true
      isTextOnly = false
    } else {
      if isErrorName { noteErrorMember() }
      try scanner.skip()
    }
  }

  private mutating func readWholeText(into reading: inout ResponseReading) throws(JSON.ParseError) {
    let before = reading.text.count
    try readText(.output, into: &reading.text)
    // An answer with choices has its text there.
    if choices > 0 { reading.text.removeSubrange(before...) }
  }

  private mutating func readChoice(into reading: inout ResponseReading) throws(JSON.ParseError) {
    guard try scanner.kind() == .object else { return try scanner.skip() }
    choices += 1
    choice = 0
    text = []
    pending = nil
    let isFirstChoice = choices == 1
    var reason: String?
    var ownUsage: StatedUsage?
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("index") {
        choice = try scanner.intIfPresent() ?? 0
      } else if scanner.keyIs("delta") || isWhole && scanner.keyIs("message") {
        try readDelta(isFirstChoice: isFirstChoice, into: &reading)
      } else if scanner.keyIs("finish_reason") {
        reason = try scanner.stringIfPresent() ?? reason
      } else if scanner.keyIs("logprobs") {
        try scanner.skip()
      } else if scanner.keyIs("text") {
        // Some services repeat here what the delta says.
        if pending == nil { try readParts(.output, into: &reading) } else { try scanner.skip() }
      } else if !isWhole, scanner.keyIs("message") || scanner.keyIs("content") {
        try readMisplaced(into: &reading)
      } else if scanner.keyIs("error") {
        try readError()
      } else if isUsageName {
        ownUsage = try scanner.statedUsage()
      } else {
        try scanner.skip()
      }
    }
    if let ownUsage {
      take(ownUsage)
      // What one of several choices counts is no total.
      if choice != 0 { usage.output = .refused }
    }
    if let reason { note(reason) }
    reading.choices.begin(choice)
    if choice == 0 { file(&reading.text) } else { file(&reading.otherChoices[choice, default: []]) }
  }

  private mutating func note(_ reason: String) {
    guard FinishReason.isEnd(reason) else { return }
    ends.append((choice, reason))
    isTextOnly = false
  }

  mutating func readReason() throws(JSON.ParseError) {
    if let reason = try scanner.stringIfPresent() { note(reason) }
  }

  /// Adds what the choice said to `output`.
  private func file(_ output: inout [UInt8]) {
    if !text.isEmpty { output += text }
    if let pending { scanner.decode(pending, into: &output) }
  }

  /// Reads a string of visible output and leaves it where it lies; only a second one makes a copy necessary.
  mutating func readVisible() throws(JSON.ParseError) {
    guard let range = try scanner.stringRangeIfPresent() else { return }
    if let pending { scanner.decode(pending, into: &text) }
    pending = range
    note(.output, range)
  }

  mutating func readText(_ kind: EventMeaning, into text: inout [UInt8]) throws(JSON.ParseError) {
    guard let range = try scanner.stringRangeIfPresent() else { return }
    scanner.decode(range, into: &text)
    note(kind, range)
  }

  mutating func note(_ kind: EventMeaning, _ range: Range<Int>) {
    strings += 1
    textRange = range
    if !range.isEmpty { meaning.formUnion(kind) }
  }

  mutating func readUsage() throws(JSON.ParseError) {
    if let stated = try scanner.statedUsage() { take(stated) }
  }

  /// Takes counts; where several objects have some, the first one goes before the others.
  private mutating func take(_ stated: StatedUsage) {
    usage.complete(from: stated)
    isTextOnly = false
  }

  /// Names that stand in every event and say nothing; told first, since they are the most.
  private var isEnvelope: Bool {
    scanner.keyIs("id") || scanner.keyIs("created") || scanner.keyIs("model") || scanner.keyIs("system_fingerprint")
  }

  private var isUsageName: Bool {
    scanner.keyIs("usage") || scanner.keyIs("x_groq") || scanner.keyIs("usageMetadata")
      || scanner.keyIs("usage_metadata") || scanner.keyIs("token_usage")
  }

  mutating func readError() throws(JSON.ParseError) {
    let value = try scanner.value()
    guard !value.saysNothing else { return }
    if error == nil { error = ServiceError(openAI: value) }
    isTextOnly = false
  }

  private mutating func noteErrorMember() {
    mayBeError = true
    isTextOnly = false
  }

  /// Names of members by which services tell an error beside `error`; see `ServiceError.init(body:)`.
  private var isErrorName: Bool {
    scanner.keyIs("code") || scanner.keyIs("error_code") || scanner.keyIs("errorCode") || scanner.keyIs("err_code")
      || scanner.keyIs("errors") || scanner.keyIs("success") || scanner.keyIs("base_resp") || scanner.keyIs("Error")
      || scanner.keyIs("error_message") || scanner.keyIs("error_msg") || scanner.keyIs("errorMessage")
  }
}
