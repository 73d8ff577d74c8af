/// Makes a record of a finished exchange: finds its events and their stamps, has the protocol read them, and decides
/// between success and failure. Runs after the response has ended, off the event loops.
package struct ResponseAnalyzer: Sendable {
  private let api: any APIPlugin
  private let keepsBodies: Bool

  /// An analyzer for responses of `api`. Without `keepsBodies`, records come without their bytes.
  package init(api: any APIPlugin, keepsBodies: Bool = true) {
    self.api = api
    self.keepsBodies = keepsBodies
  }

  /// Whether the protocol wants to see whole responses, several at a time and in order.
  var finishesResponses: Bool { api.finishesResponses }

  /// The records of `exchanges`, in order.
  ///
  /// - Throws: what the protocol's `finish(_:)` throws.
  package func records(of exchanges: [FinishedExchange]) throws -> [RequestRecord] {
    var analyses = exchanges.map { Analysis($0, api: api) }
    try finish(&analyses)
    return analyses.map { $0.record(keepsBodies: keepsBodies) }
  }

  /// The record of one exchange, however the protocol fares with it: where `finish(_:)` throws, it is a failure with
  /// the plugin's words.
  package func record(of exchange: FinishedExchange) -> RequestRecord {
    guard api.finishesResponses else { return Analysis(exchange, api: api).record(keepsBodies: keepsBodies) }
    var analyses = [Analysis(exchange, api: api)]
    do {
      try finish(&analyses)
      return analyses[0].record(keepsBodies: keepsBodies)
    } catch {
      var record = analyses[0].record(keepsBodies: keepsBodies)
      record.ending = .failure(RequestFailure(.plugin, "\(error)"))
      return record
    }
  }

  /// Lets the protocol see whole responses: those that a status and a body came for.
  private func finish(_ analyses: inout [Analysis]) throws {
    guard api.finishesResponses else { return }
    let readable = analyses.indices.filter { analyses[$0].exchange.promisesAnswer }
    var responses = readable.map { analyses[$0].finished() }
    try api.finish(&responses)
    for (position, response) in zip(readable, responses) { analyses[position].reading = response.reading }
  }
}

/// One exchange on its way to a record.
private struct Analysis {
  let exchange: FinishedExchange
  var reading = ResponseReading()
  private var bodies: RequestBodies
  private var record: RequestRecord
  private var isStream = false
  private var outputCounts = OutputCounts()
  /// How often the events stated a count of output; a plugin may do so once more, and knows better.
  private var outputStatements = 0
  private var endedAt: RunInstant?

  /// From this length on, the text gets room for all that the body can hold: grown by doubling, it would be in memory twice.
  private static let large = 16 << 20

  init(_ exchange: FinishedExchange, api: any APIPlugin) {
    self.exchange = exchange
    bodies = RequestBodies(request: Array(exchange.request.body), response: exchange.body)
    record = RequestRecord(exchange.request.sharedOrigin, dueAt: exchange.dueAt)
    copyTransport()
    if exchange.body.count >= Self.large { reading.text.reserveCapacity(exchange.body.count) }
    guard exchange.status != nil, exchange.contentEncoding == nil else { return }
    isStream = exchange.promisesAnswer && BodyForm(exchange.body) == .eventStream
    if isStream {
      readEvents(api)
    } else if !exchange.body.isEmpty {
      bodies.plain = 0..<exchange.body.count
      // JSON has no byte-order mark; some servers write one all the same.
      let mark = exchange.body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
      api.read(body: exchange.body[mark...], into: &reading)
      record.eventCount = 1
    }
  }

  private mutating func copyTransport() {
    record.sentAt = exchange.sentAt
    record.connectStartedAt = exchange.connectStartedAt
    record.connectedAt = exchange.connectedAt
    record.headersAt = exchange.headersAt
    record.status = exchange.status
    record.reusedConnection = exchange.reusedConnection
    record.retried = exchange.retried
    record.kernelStamped = exchange.kernelStamped
    record.longestReadDelay = exchange.longestReadDelay
    record.bytesSent = exchange.bytesSent
    record.bytesReceived = exchange.bytesReceived
  }

  private mutating func readEvents(_ api: any APIPlugin) {
    let body = exchange.body[...]
    var stamps = ArrivalCursor(exchange.arrivals)
    // Room for the usual events, whose JSON takes some 200 bytes each.
    bodies.events.reserveCapacity(body.count / 160 + 4)
    record.tokenEventTimes.reserveCapacity(body.count / 160 + 4)
    var previousEnd = 0
    body.withUnsafeBufferPointer { bytes in
      var parser = EventStreamParser(body, bytes)
      var event = ServerSentEvent(data: [])
      while parser.read(into: &event) {
        let isCut = parser.lastEventIsOpen && !exchange.isComplete
        // Data that lies in the body is one line; what was joined of several is elsewhere.
        if !isPart(event.data, of: bytes),
          let joined = JoinedEvents(event, at: previousEnd..<event.endOffset, of: body, isCut: isCut)
        {
          reading.remarks.insert(.joinedEvents)
          for part in joined.events { read(part, &stamps, api, in: bytes, isCut: isCut) }
        } else {
          read(event, &stamps, api, in: bytes, isCut: isCut)
        }
        previousEnd = event.endOffset
      }
      for line in parser.strayLines { reading.error = reading.error ?? ServiceError(strayLine: line) }
    }
    outputStatements = reading.usage.outputStatements
    if !reading.foreignText.isEmpty { judgeForeignText() }
  }

  private mutating func read(
    _ event: ServerSentEvent, _ stamps: inout ArrivalCursor, _ api: any APIPlugin, in body: UnsafeBufferPointer<UInt8>,
    isCut: Bool
  ) {
    // Bytes that no read brought have no time, and an event without a time is none.
    guard let at = stamps.instant(of: event.endOffset) else { return }
    let statements = reading.usage.outputStatements
    let wasWellFormed = reading.malformed == nil
    let meaning = api.read(event, into: &reading)
    // Half an event at the end of a cut stream is a cut, not a fault of the JSON.
    if isCut, wasWellFormed { reading.malformed = nil }
    if meaning.isTokenEvent, record.firstTokenAt == nil {
      record.firstSlack = stamps.slack(of: event.endOffset, in: body, endedAt: exchange.endedAt)
        .map { $0 + .nanoseconds(exchange.sendDelay) }
    }
    note(meaning, at: at)
    if reading.usage.outputStatements != statements {
      outputCounts.note(reading.usage.output, withOutput: meaning.isTokenEvent)
    }
    bodies.events.append(
      RequestBodies.Event(
        data: place(event.data, in: body), name: place(event.name, in: body), at: at, meaning: meaning))
  }

  private mutating func note(_ meaning: EventMeaning, at: RunInstant) {
    if !meaning.contains(.sentinel) {
      record.eventCount += 1
      if record.firstEventAt == nil { record.firstEventAt = at }
      record.eventBeforeLastAt = record.lastEventAt
      record.lastEventAt = at
    }
    if meaning.isTokenEvent { noteTokens(at: at, areVisible: meaning.contains(.output)) }
    if meaning.contains(.end), endedAt == nil { endedAt = at }
  }

  private mutating func noteTokens(at: RunInstant, areVisible: Bool) {
    record.tokenEventTimes.append(at)
    if record.firstTokenAt == nil { record.firstTokenAt = at }
    if areVisible, record.firstVisibleAt == nil { record.firstVisibleAt = at }
    record.lastTokenAt = at
  }

  /// Text of members that the protocol does not know is the output where there is no other, and else something beside it.
  private mutating func judgeForeignText() {
    guard record.firstTokenAt == nil else {
      reading.remarks.insert(.foreignText)
      return
    }
    reading.remarks.insert(.guessedOutput)
    reading.text = reading.foreignText
    for place in bodies.events.indices where bodies.events[place].meaning.contains(.foreign) {
      bodies.events[place].meaning.insert(.output)
      noteTokens(at: bodies.events[place].at, areVisible: true)
    }
  }

  private func isPart(_ slice: ArraySlice<UInt8>, of body: UnsafeBufferPointer<UInt8>) -> Bool {
    slice.withUnsafeBufferPointer { part in
      guard let start = part.baseAddress, let first = body.baseAddress else { return part.isEmpty }
      return part.isEmpty || start >= first && start < first + body.count
    }
  }

  /// Where `slice` lies in the response; data that was joined from several lines is put behind it first.
  private mutating func place(_ slice: ArraySlice<UInt8>, in body: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    guard !slice.isEmpty else { return 0..<0 }
    if isPart(slice, of: body) { return slice.startIndex..<slice.endIndex }
    let start = bodies.response.count
    bodies.response += slice
    return start..<bodies.response.count
  }

  func finished() -> FinishedResponse {
    let messages =
      isStream
      ? bodies.events.filter { !$0.meaning.contains(.sentinel) }.map { bodies.data(of: $0) }
      : bodies.plain.map { [bodies.response[$0]] } ?? []
    return FinishedResponse(
      request: bodies.request, messages: messages, isPlain: !isStream, isComplete: exchange.isComplete, reading: reading
    )
  }

  func record(keepsBodies: Bool) -> RequestRecord {
    var record = record
    record.isStreamed = isStream
    record.endedAt = endedAt ?? exchange.endedAt
    record.ending = Ending(of: exchange, reading, isStream: isStream, sawOutput: record.firstTokenAt != nil)
    record.finishReason = reading.finishReason
    let usage = settledUsage
    record.usage = TokenUsage(
      input: usage.input, output: usage.output, reasoning: usage.reasoning, cached: usage.cached)
    record.remarks = reading.remarks
    if usage.leftOut { record.remarks.insert(.countsLeftOut) }
    if record.succeeded { record.remarks.formUnion(outputRemarks(usage)) }
    record.inputCount = reading.inputCount
    record.outputLength = reading.text.lazy.filter { $0 & 0xC0 != 0x80 }.count
    record.tokensPerEvent = outputCounts.perEvent(events: record.tokenEventTimes.count)
    if keepsBodies {
      record.bodies = bodies
      record.bodies?.text = reading.text
      record.bodies?.reasoning = reading.reasoning
    }
    return record
  }
}

extension Analysis {
  /// What is to be said of the output of an answer.
  private func outputRemarks(_ usage: TokenUsage) -> ReadingRemarks {
    var remarks: ReadingRemarks = []
    // Counts that contradict each other say nothing of the output.
    let isCounted = usage.output ?? 0 > 0 && !usage.leftOut
    if isStream, record.firstTokenAt == nil, reading.toolCalls.isEmpty, isCounted { remarks.insert(.missedOutput) }
    if reading.text.hasBrokenCharacter || reading.reasoning.hasBrokenCharacter { remarks.insert(.brokenText) }
    return remarks
  }

  /// The service's counts without those that what came contradicts.
  private var settledUsage: TokenUsage {
    var usage = reading.usage
    if usage.outputStatements == outputStatements, !outputCounts.isTotal(usage.output) { usage.leaveOut(\.output) }
    let hasOutput = record.firstTokenAt != nil || !(reading.text.isEmpty && reading.reasoning.isEmpty)
    if usage.output == 0, hasOutput || !reading.toolCalls.isEmpty { usage.leaveOut(\.output) }
    if usage.input == 0, record.promptLength > 0 { usage.leaveOut(\.input) }
    if let part = usage.reasoning, let whole = usage.output, part > whole { usage.leaveOut(\.reasoning) }
    if let part = usage.cached, let whole = usage.input, part > whole { usage.leaveOut(\.cached) }
    return usage
  }
}

/// Finds the stamp of a byte of the body. Asked for ascending offsets.
private struct ArrivalCursor {
  private let arrivals: [FinishedExchange.Arrival]
  private var position = 0

  init(_ arrivals: [FinishedExchange.Arrival]) {
    self.arrivals = arrivals
  }

  /// When the read came that brought the body's first `end` bytes to their end.
  /// Nil when none did.
  mutating func instant(of end: Int) -> RunInstant? {
    while position < arrivals.count, Int(arrivals[position].end) < end { position += 1 }
    return position < arrivals.count ? arrivals[position].at : nil
  }

  /// By how much earlier than its stamp the byte before `end` may have come. Nothing where it was the last that its read
  /// brought: then the stamp is its own. What the same read brought beyond it may have come later, and has moved the stamp.
  func slack(of end: Int, in body: UnsafeBufferPointer<UInt8>, endedAt: RunInstant?) -> Duration? {
    guard position < arrivals.count else { return nil }
    let arrival = arrivals[position]
    let next = position + 1 < arrivals.count ? arrivals[position + 1].at : endedAt
    let behind = body[min(end, body.count)..<min(max(end, Int(arrival.end)), body.count)]
    // The line ends are the event's own. A record of TLS behind it, or the end of the framing, has the same stamp.
    let isLast = next != arrival.at && behind.allSatisfy { $0 == 0x0A || $0 == 0x0D }
    return isLast ? .zero : arrival.slack
  }
}
