/// Takes events apart between which a service wrote one line end instead of two.
///
/// By the standard such events are one, whose lines of data are joined. Where each of the lines is a JSON object by
/// itself, or the mark of the end, and all of them together are no JSON, nothing else can have been meant, and most
/// clients read it so.
struct JoinedEvents {
  /// The events, each with the end of its own line, so that each has its own stamp.
  private(set) var events: [ServerSentEvent] = []

  /// Takes `event` apart, whose lines lie at `range` of `body`; nil when it is one event.
  ///
  /// - Parameter isCut: Whether the last line may be the beginning of one that did not come whole.
  init?(_ event: ServerSentEvent, at range: Range<Int>, of body: ArraySlice<UInt8>, isCut: Bool) {
    guard !Self.isObject(event.data) else { return nil }
    var name: ArraySlice<UInt8> = []
    var comment: ArraySlice<UInt8> = []
    var lines = body[range]
    if range.lowerBound == 0, lines.starts(with: [0xEF, 0xBB, 0xBF]) { lines = lines.dropFirst(3) }
    while !lines.isEmpty {
      let line = lines.prefix { $0 != 0x0A && $0 != 0x0D }
      lines = lines[line.endIndex...].drop { $0 == 0x0A || $0 == 0x0D }
      if let value = Self.value(of: line, named: "event:") { name = value }
      if let value = Self.value(of: line, named: ":"), !value.isEmpty { comment = value }
      guard let data = Self.value(of: line, named: "data:"), !data.allSatisfy({ $0 <= 0x20 }) else { continue }
      let isLast = line.endIndex == range.upperBound || lines.isEmpty
      guard Self.isObject(data) || data.isDoneMarker || isCut && isLast else { return nil }
      var part = ServerSentEvent(data: data, endOffset: min(lines.startIndex, range.upperBound))
      part.name = name
      part.comment = comment
      part.otherFields = event.otherFields
      events.append(part)
      name = []
      comment = []
    }
    if events.count < 2 { return nil }
  }

  /// The value of a line whose name and colon are `prefix`; nil for another line.
  private static func value(of line: ArraySlice<UInt8>, named prefix: StaticString) -> ArraySlice<UInt8>? {
    let isNamed = prefix.withUTF8Buffer { line.starts(with: $0) }
    guard isNamed else { return nil }
    let value = line.dropFirst(prefix.utf8CodeUnitCount)
    return value.first == 0x20 ? value.dropFirst() : value
  }

  private static func isObject(_ data: ArraySlice<UInt8>) -> Bool {
    data.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      scanner.skipWhiteSpace()
      guard (try? scanner.kind()) == .object, (try? scanner.skip()) != nil else { return false }
      return (try? scanner.expectEnd()) != nil
    }
  }
}
