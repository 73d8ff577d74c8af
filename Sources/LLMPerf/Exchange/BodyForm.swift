/// What a response's body is, judged by its bytes: `Content-Type` is not to be relied on.
package enum BodyForm: Sendable, Hashable {
  /// Server-sent events.
  case eventStream
  /// Anything else: JSON, HTML, text, nothing.
  case plain

  /// The form of `body`: an event stream begins with a field's name or a comment, JSON with a bracket.
  package init(_ body: [UInt8]) {
    var start = body[...]
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
    start = start.drop { $0 == 0x0A || $0 == 0x0D }
    let isStream =
      start.first == UInt8(ascii: ":")
      || ["data", "event", "id", "retry", "error"].contains { name in
        start.starts(with: name.utf8) && [0x3A, 0x0A, 0x0D].contains(start.dropFirst(name.utf8.count).first)
      }
    self = isStream ? .eventStream : .plain
  }
}
