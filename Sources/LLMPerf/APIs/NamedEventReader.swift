/// Reads one event of a stream whose events say in a `type` what they are.
protocol NamedEventReader {
  init(_ data: UnsafeBufferPointer<UInt8>)

  /// Stands at the event's data.
  var scanner: JSONScanner { get set }

  /// Notes what the event has; the scanner stands behind it then.
  mutating func readEvent() throws(JSON.ParseError)

  /// What the event means, its output appended to `reading`.
  func meaning(
    of data: UnsafeBufferPointer<UInt8>, _ event: ServerSentEvent, into reading: inout ResponseReading
  ) -> EventMeaning
}

extension NamedEventReader {
  /// Reads `event`: by its likeness to the one before it, or as the protocol's reader has it.
  static func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    event.data.withUnsafeBufferPointer { data in
      if let meaning = reading.matchShape(data) { return meaning }
      if data.isBlank { return .bookkeeping }
      if event.data.isDoneMarker {
        reading.sawEnd = true
        return [.end, .sentinel]
      }
      var reader = Self(data)
      do {
        try reader.readEvent()
        try reader.scanner.expectEnd()
      } catch {
        reading.noteMalformed(event.data)
        return event.isError ? reading.fail(event.data) : .bookkeeping
      }
      return reader.meaning(of: data, event, into: &reading)
    }
  }
}
