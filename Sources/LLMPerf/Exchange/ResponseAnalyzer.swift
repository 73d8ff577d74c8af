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
    var analyses = [Analysis(exchange, api: api)]
    do {
      try finish(&analyses)
      return analyses[0].record(keepsBodies: keepsBodies)
    } catch {
      var record = analyses[0].record(keepsBodies: keepsBodies)
      record.failure = RequestFailure(.plugin, "\(error)")
      return record
    }
  }

  /// Lets the protocol see whole responses: those that a status and a body came for.
  private func finish(_ analyses: inout [Analysis]) throws {
    guard api.finishesResponses else { return }
    let readable = analyses.indices.filter { analyses[$0].exchange.status == 200 }
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
  /// The output tokens that the events with output so far have told.
  private var tokensTold = 0
  private var endedAt: RunInstant?

  init(_ exchange: FinishedExchange, api: any APIPlugin) {
    self.exchange = exchange
    bodies = RequestBodies(request: Array(exchange.request.body), response: exchange.body)
    record = RequestRecord(index: exchange.request.index, dueAt: exchange.dueAt)
    copyTransport()
    guard exchange.status != nil, exchange.contentEncoding == nil else { return }
    isStream = exchange.status == 200 && BodyForm(exchange.body) == .eventStream
    if isStream {
      readEvents(api)
    } else if !exchange.body.isEmpty {
      bodies.plain = 0..<exchange.body.count
      api.read(body: exchange.body[...], into: &reading)
      record.eventCount = 1
    }
  }

  private mutating func copyTransport() {
    record.phase = exchange.request.phase
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
    record.promptLength = exchange.request.promptLength
    record.promptHash = exchange.request.promptHash
    record.promptPrefixHash = exchange.request.promptPrefixHash
    record.counted.input = exchange.request.promptTokens
  }

  private mutating func readEvents(_ api: any APIPlugin) {
    let body = exchange.body[...]
    var stamps = ArrivalCursor(exchange.arrivals)
    // Room for the usual events, whose JSON takes some 200 bytes each.
    bodies.events.reserveCapacity(body.count / 160 + 4)
    record.tokenEventTimes.reserveCapacity(body.count / 160 + 4)
    body.withUnsafeBufferPointer { bytes in
      var parser = EventStreamParser(body, bytes)
      var event = ServerSentEvent(data: [])
      while parser.read(into: &event) {
        let at = stamps.instant(of: event.endOffset)
        let tokensBefore = reading.usage.output
        let wasWellFormed = reading.malformed == nil
        let meaning = api.read(event, into: &reading)
        // Half an event at the end of a cut stream is a cut, not a fault of the JSON.
        if wasWellFormed, parser.lastEventIsOpen, !exchange.isComplete { reading.malformed = nil }
        note(meaning, at: at, tokensBefore: tokensBefore)
        bodies.events.append(
          RequestBodies.Event(
            data: place(event.data, in: body), name: place(event.name, in: body), at: at, meaning: meaning))
      }
    }
  }

  private mutating func note(_ meaning: EventMeaning, at: RunInstant, tokensBefore: Int?) {
    if !meaning.contains(.sentinel) {
      record.eventCount += 1
      if record.firstEventAt == nil { record.firstEventAt = at }
      record.eventBeforeLastAt = record.lastEventAt
      record.lastEventAt = at
    }
    if meaning.isTokenEvent {
      record.tokenEventTimes.append(at)
      if record.firstTokenAt == nil { record.firstTokenAt = at }
      if meaning.contains(.output), record.firstVisibleAt == nil { record.firstVisibleAt = at }
      record.lastTokenAt = at
      // Counts that this event did not bring, such as those of the stream's beginning, say nothing about it.
      if let now = reading.usage.output, now != tokensBefore {
        record.tokensPerEvent.append(now - tokensTold)
        tokensTold = now
      }
    }
    if meaning.contains(.end), endedAt == nil { endedAt = at }
  }

  /// Where `slice` lies in the response; data that was joined from several lines is put behind it first.
  private mutating func place(_ slice: ArraySlice<UInt8>, in body: ArraySlice<UInt8>) -> Range<Int> {
    guard !slice.isEmpty else { return 0..<0 }
    let isPart = slice.withUnsafeBufferPointer { part in
      body.withUnsafeBufferPointer { whole -> Bool in
        guard let start = part.baseAddress, let first = whole.baseAddress else { return false }
        return start >= first && start < first + whole.count
      }
    }
    if isPart { return slice.startIndex..<slice.endIndex }
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
    record.failure = Outcome(exchange, reading, isStream: isStream, sawOutput: record.firstTokenAt != nil).failure
    record.finishReason = reading.finishReason
    record.usage = reading.usage
    record.inputCount = reading.inputCount
    record.outputLength = reading.text.lazy.filter { $0 & 0xC0 != 0x80 }.count
    // Counts for some events only say nothing about each.
    if record.tokensPerEvent.count != record.tokenEventTimes.count { record.tokensPerEvent = [] }
    if keepsBodies {
      record.bodies = bodies
      record.bodies?.text = reading.text
      record.bodies?.reasoning = reading.reasoning
    }
    return record
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
  mutating func instant(of end: Int) -> RunInstant {
    while position + 1 < arrivals.count, Int(arrivals[position].end) < end { position += 1 }
    return arrivals.isEmpty ? .start : arrivals[position].at
  }
}
