import LLMPerf

/// Makes a record of a row of `result`, whose columns are all there in order.
struct RowDecoder {
  private var values: StoredValues

  private static let places = Dictionary(
    uniqueKeysWithValues: ResultSchema.columns.enumerated().map { ($0.element, $0.offset) })

  /// The events of the answer; none when a letter lacks its time, or a time its letter.
  private(set) var events: [Event] = []

  /// One event of the answer.
  struct Event {
    var letter: UInt8
    var meaning: EventMeaning
    var isClassic: Bool
    var at: RunInstant
  }

  init(_ row: Statement) {
    values = StoredValues(row)
    events = readEvents()
  }

  /// How many values of the row were left out, since they cannot be.
  var damaged: Int { values.damaged }

  /// The record, with its bodies on demand.
  mutating func record(withBodies: Bool) -> RequestRecord {
    var record = RequestRecord(index: 0, dueAt: .start)
    for column in ResultColumn.all { column.read(&record, &self) }
    if withBodies { record.bodies = bodies() }
    return record
  }

  /// The record without bodies, and the bodies as they are.
  mutating func storedRecord() -> (record: RequestRecord, bodies: StoredBodies) {
    let record = record(withBodies: false)
    let isClassic = events.map(\.isClassic)
    let stored = StoredBodies(
      request: bytes("request"), messages: bytes("response_messages"), otherEvents: bytes("other_events"),
      plain: bytes("response_body"), text: bytes("output_text"), reasoning: bytes("reasoning_text"),
      kinds: events.map(\.letter), classicTimes: zip(events, isClassic).filter(\.1).map(\.0.at),
      otherTimes: zip(events, isClassic).filter { !$0.1 }.map(\.0.at))
    return (record, stored)
  }

  /// When the request was due. Where that is not known, or later than the send, it is taken for on time.
  mutating func dueAt(_ sentAt: RunInstant?) -> RunInstant {
    let due = instant("due_time")
    if let due, sentAt.map({ due <= $0 }) ?? true { return due }
    if due != nil { let _: Int? = values.leaveOut() }
    return sentAt ?? .start
  }

  /// Why the request failed. Two columns tell whether it did; where they disagree, it is no success.
  mutating func failure() -> RequestFailure? {
    let message = text("failure_message") ?? ""
    let failure = text("failure").map { RequestFailure(.init(parsing: $0), message) }
    guard let success = text("success") else { return failure }
    if ["True", "False"].contains(success), (success == "False") == (failure != nil) { return failure }
    let _: Int? = values.leaveOut()
    guard failure == nil, success == "False" else { return failure }
    return RequestFailure(.init(parsing: "damaged"), "the database does not tell why it failed")
  }

  private mutating func readEvents() -> [Event] {
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

  private mutating func bodies() -> RequestBodies {
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

  private mutating func bytes(_ column: String) -> [UInt8]? { values.bytes(place(column)) }
}

// MARK: The values of single columns, by name

extension RowDecoder {
  mutating func count(_ column: String) -> Int? { values.count(place(column)) }

  mutating func counts(_ column: String) -> [Int]? { values.counts(place(column)) }

  mutating func flag(_ column: String) -> Bool { values.flag(place(column)) }

  mutating func text(_ column: String) -> String? { values.text(place(column)) }

  mutating func word<Word: RawRepresentable<String>>(_ column: String, as known: Word.Type) -> Word? {
    values.word(place(column), as: known)
  }

  mutating func hash(_ column: String) -> UInt64 { UInt64(UInt(bitPattern: values.whole(place(column)) ?? 0)) }

  mutating func instant(_ column: String, from earliest: RunInstant? = nil) -> RunInstant? {
    values.instant(place(column), from: earliest)
  }
}
