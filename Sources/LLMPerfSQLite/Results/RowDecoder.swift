import LLMPerf

/// Makes a record of a row of `result`, whose columns are all there in order.
struct RowDecoder {
  private let row: Statement

  private static let places = Dictionary(
    uniqueKeysWithValues: ResultSchema.columns.enumerated().map { ($0.element, $0.offset) })

  init(_ row: Statement) {
    self.row = row
  }

  func record(withBodies: Bool) -> RequestRecord {
    var record = RequestRecord(index: int("request_index") ?? 0, dueAt: instant("due_time") ?? .start)
    record.phase = text("phase").flatMap(RunPhase.init(rawValue:)) ?? .measured
    record.sentAt = instant("sent_time")
    record.connectStartedAt = instant("connect_start_time")
    record.connectedAt = instant("connected_time")
    record.headersAt = instant("headers_time")
    record.firstEventAt = instant("first_event_time")
    record.firstTokenAt = instant("first_token_time")
    record.firstVisibleAt = instant("first_visible_time")
    record.lastTokenAt = instant("last_token_time")
    record.endedAt = instant("ended_time")
    record.isStreamed = int("streamed") == 1
    record.status = int("status")
    record.failure = text("failure").map { RequestFailure(.init(parsing: $0), text("failure_message") ?? "") }
    record.finishReason = text("finish_reason")
    record.usage = TokenUsage(
      input: int("usage_input_tokens"), output: int("usage_output_tokens"), reasoning: int("usage_reasoning_tokens"),
      cached: int("usage_cached_tokens"))
    record.counted = TokenUsage(input: int("counted_input_tokens"), output: int("counted_output_tokens"))
    record.tokensPerEvent = numbers("tokens_per_event").compactMap(\.intValue)
    record.promptLength = int("prompt_length") ?? 0
    record.promptHash = UInt64(UInt(bitPattern: int("prompt_hash") ?? 0))
    record.promptPrefixHash = UInt64(UInt(bitPattern: int("prompt_prefix_hash") ?? 0))
    record.outputLength = int("output_length") ?? 0
    record.inputCount = int("input_count")
    record.reusedConnection = int("reused_connection") == 1
    record.retried = int("retried") == 1
    record.kernelStamped = int("kernel_stamped") == 1
    record.longestReadDelay = .nanoseconds(Int64(((double("read_delay") ?? 0) * 1e9).rounded()))
    record.firstSlack = double("first_slack").flatMap { Int64(exactly: ($0 * 1e9).rounded()) }.map { .nanoseconds($0) }
    record.bytesSent = int("bytes_sent") ?? 0
    record.bytesReceived = int("bytes_received") ?? 0
    record.eventCount = int("event_count") ?? 0
    let events = events()
    record.tokenEventTimes = events.lazy.filter(\.meaning.isTokenEvent).map(\.at)
    let tail = events.filter { !$0.meaning.contains(.sentinel) }.suffix(2)
    record.lastEventAt = tail.last?.at
    record.eventBeforeLastAt = tail.count == 2 ? tail.first?.at : nil
    if withBodies { record.bodies = bodies(events) }
    return record
  }

  private struct Event {
    var meaning: EventMeaning
    var isClassic: Bool
    var at: RunInstant
  }

  private func events() -> [Event] {
    var classic = instants("chunk_times").makeIterator()
    var others = instants("other_times").makeIterator()
    return (bytes("event_kinds") ?? []).compactMap { letter in
      let (meaning, isClassic) = EventKind.meaning(of: letter)
      guard let at = isClassic ? classic.next() : others.next() else { return nil }
      return Event(meaning: meaning, isClassic: isClassic, at: at)
    }
  }

  private func bodies(_ events: [Event]) -> RequestBodies {
    var bodies = RequestBodies(request: [], text: bytes("output_text") ?? [], reasoning: bytes("reasoning_text") ?? [])
    if let plain = bytes("response_body") {
      bodies.response = plain
      bodies.plain = 0..<plain.count
    }
    let pickled = bytes("response_messages").flatMap { Base64.decode($0) } ?? []
    var classic = (events.isEmpty ? [] : PickleReader.strings(pickled) ?? []).makeIterator()
    var others = numbers("other_events").makeIterator()
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
  private func int(_ column: String) -> Int? { row.int(place(column)) }
  private func double(_ column: String) -> Double? { row.double(place(column)) }
  private func text(_ column: String) -> String? { row.text(place(column)) }
  private func bytes(_ column: String) -> [UInt8]? { row.bytes(place(column)) }

  private func instant(_ column: String) -> RunInstant? {
    double(column).map { RunInstant(nanoseconds: Int64(($0 * 1e9).rounded())) }
  }

  private func numbers(_ column: String) -> [JSON] {
    guard let bytes = bytes(column), let json = try? JSON(parsing: bytes) else { return [] }
    return json.arrayValue ?? []
  }

  private func instants(_ column: String) -> [RunInstant] {
    numbers(column).map { RunInstant(nanoseconds: Int64((($0.doubleValue ?? 0) * 1e9).rounded())) }
  }
}
