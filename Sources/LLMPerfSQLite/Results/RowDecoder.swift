import LLMPerf

/// Makes a record of a row of `result`, whose columns are all there in order.
struct RowDecoder {
  private var values: StoredValues

  private static let places = Dictionary(
    uniqueKeysWithValues: ResultSchema.columns.enumerated().map { ($0.element, $0.offset) })

  init(_ row: Statement) {
    values = StoredValues(row)
  }

  /// How many values of the row were left out, since they cannot be.
  var damaged: Int { values.damaged }

  /// The record, with its bodies on demand.
  mutating func record(withBodies: Bool) -> RequestRecord {
    let events = events()
    var record = record(events)
    if withBodies { record.bodies = bodies(events) }
    return record
  }

  /// The record without bodies, and the bodies as they are.
  mutating func storedRecord() -> (record: RequestRecord, bodies: StoredBodies) {
    let events = events()
    let record = record(events)
    let isClassic = events.map(\.isClassic)
    let stored = StoredBodies(
      request: bytes("request"), messages: bytes("response_messages"), otherEvents: bytes("other_events"),
      plain: bytes("response_body"), text: bytes("output_text"), reasoning: bytes("reasoning_text"),
      kinds: events.map(\.letter), classicTimes: zip(events, isClassic).filter(\.1).map(\.0.at),
      otherTimes: zip(events, isClassic).filter { !$0.1 }.map(\.0.at))
    return (record, stored)
  }

  private mutating func record(_ events: [Event]) -> RequestRecord {
    let sentAt = instant("sent_time")
    var record = RequestRecord(index: count("request_index") ?? 0, dueAt: dueAt(sentAt))
    record.sentAt = sentAt
    record.phase = values.word(place("phase"), as: RunPhase.self) ?? .measured
    record.connectStartedAt = instant("connect_start_time")
    record.connectedAt = instant("connected_time", from: record.connectStartedAt)
    // What came before the request was sent is no answer to it.
    record.headersAt = instant("headers_time", from: sentAt)
    record.firstEventAt = instant("first_event_time", from: sentAt)
    record.firstTokenAt = instant("first_token_time", from: sentAt)
    record.firstVisibleAt = instant("first_visible_time", from: sentAt)
    record.lastTokenAt = instant("last_token_time", from: record.firstTokenAt ?? sentAt)
    record.endedAt = instant("ended_time", from: sentAt)
    record.isStreamed = flag("streamed")
    record.status = count("status")
    record.failure = failure()
    record.finishReason = text("finish_reason")
    record.usage = TokenUsage(
      input: count("usage_input_tokens"), output: count("usage_output_tokens"),
      reasoning: count("usage_reasoning_tokens"), cached: count("usage_cached_tokens"))
    record.counted = TokenUsage(input: count("counted_input_tokens"), output: count("counted_output_tokens"))
    record.tokensPerEvent = values.counts(place("tokens_per_event")) ?? []
    record.remarks = ReadingRemarks(names: text("remarks") ?? "")
    record.promptLength = count("prompt_length") ?? 0
    record.promptHash = hash("prompt_hash")
    record.promptPrefixHash = hash("prompt_prefix_hash")
    record.outputLength = count("output_length") ?? 0
    record.inputCount = count("input_count")
    record.reusedConnection = flag("reused_connection")
    record.retried = flag("retried")
    record.kernelStamped = flag("kernel_stamped")
    record.longestReadDelay = instant("read_delay", from: .start).map { $0 - .start } ?? .zero
    record.firstSlack = instant("first_slack", from: .start).map { $0 - .start }
    record.bytesSent = count("bytes_sent") ?? 0
    record.bytesReceived = count("bytes_received") ?? 0
    record.eventCount = count("event_count") ?? 0
    record.tokenEventTimes = events.lazy.filter(\.meaning.isTokenEvent).map(\.at)
    let tail = events.filter { !$0.meaning.contains(.sentinel) }.suffix(2)
    record.lastEventAt = tail.last?.at
    record.eventBeforeLastAt = tail.count == 2 ? tail.first?.at : nil
    return record
  }

  /// When the request was due. Where that is not known, or later than the send, it is taken for on time.
  private mutating func dueAt(_ sentAt: RunInstant?) -> RunInstant {
    let due = instant("due_time")
    if let due, sentAt.map({ due <= $0 }) ?? true { return due }
    if due != nil { let _: Int? = values.leaveOut() }
    return sentAt ?? .start
  }

  /// Why the request failed. Two columns tell whether it did; where they disagree, it is no success.
  private mutating func failure() -> RequestFailure? {
    let message = text("failure_message") ?? ""
    let failure = text("failure").map { RequestFailure(.init(parsing: $0), message) }
    guard let success = text("success") else { return failure }
    if ["True", "False"].contains(success), (success == "False") == (failure != nil) { return failure }
    let _: Int? = values.leaveOut()
    guard failure == nil, success == "False" else { return failure }
    return RequestFailure(.init(parsing: "damaged"), "the database does not tell why it failed")
  }

  private struct Event {
    var letter: UInt8
    var meaning: EventMeaning
    var isClassic: Bool
    var at: RunInstant
  }

  /// The events; none when a letter lacks its time, or a time its letter.
  private mutating func events() -> [Event] {
    let letters = bytes("event_kinds") ?? []
    var classic = (values.instants(place("chunk_times")) ?? [])[...]
    var others = (values.instants(place("other_times")) ?? [])[...]
    let events = letters.compactMap { letter -> Event? in
      let (meaning, isClassic) = EventKind.meaning(of: letter)
      return (isClassic ? classic.popFirst() : others.popFirst()).map {
        Event(letter: letter, meaning: meaning, isClassic: isClassic, at: $0)
      }
    }
    if events.count == letters.count, classic.isEmpty, others.isEmpty { return events }
    return values.leaveOut() ?? []
  }

  private mutating func bodies(_ events: [Event]) -> RequestBodies {
    var bodies = RequestBodies(request: [], text: bytes("output_text") ?? [], reasoning: bytes("reasoning_text") ?? [])
    if let plain = bytes("response_body") {
      bodies.response = plain
      bodies.plain = 0..<plain.count
    }
    let pickled = bytes("response_messages").flatMap { Base64.decode($0) } ?? []
    var classic = (events.isEmpty ? [] : PickleReader.strings(pickled) ?? []).makeIterator()
    var others = (bytes("other_events").flatMap { try? JSON(parsing: $0) }?.arrayValue ?? []).makeIterator()
    for event in events {
      var name: [UInt8] = []
      var data: [UInt8] = []
      if event.isClassic {
        data = classic.next().map { Array($0) } ?? []
      } else if let other = others.next() {
        name = Array((other[0]?.stringValue ?? "").utf8)
        data = Array((other[1]?.stringValue ?? other.stringValue ?? "").utf8)
      }
      let start = bodies.response.count
      bodies.response += name + data
      let middle = start + name.count
      bodies.events.append(
        RequestBodies.Event(
          data: middle..<bodies.response.count, name: start..<middle, at: event.at, meaning: event.meaning))
    }
    return bodies
  }

  private func place(_ column: String) -> Int { Self.places[column] ?? 0 }
  private mutating func count(_ column: String) -> Int? { values.count(place(column)) }
  private mutating func flag(_ column: String) -> Bool { values.flag(place(column)) }
  private mutating func text(_ column: String) -> String? { values.text(place(column)) }
  private mutating func bytes(_ column: String) -> [UInt8]? { values.bytes(place(column)) }

  private mutating func hash(_ column: String) -> UInt64 {
    UInt64(UInt(bitPattern: values.whole(place(column)) ?? 0))
  }

  private mutating func instant(_ column: String, from earliest: RunInstant? = nil) -> RunInstant? {
    values.instant(place(column), from: earliest)
  }
}
