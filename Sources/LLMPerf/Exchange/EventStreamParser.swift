import Glibc

/// Splits the body of a response into server-sent events, by the rules of the WHATWG event stream.
///
/// Lines end with LF, CRLF or CR and nothing else. A byte-order mark at the start is skipped, exactly one space after a
/// field's colon is dropped, the `data` lines of one event are joined by LF, comments make no event, and the last event
/// may lack its blank line. Works on the whole body, so that it does not matter how the network cut it.
package struct EventStreamParser {
  private let body: ArraySlice<UInt8>
  private let bytes: UnsafeBufferPointer<UInt8>
  /// The place in `bytes`; an index of `body` less `shift`.
  private var offset = 0
  private let shift: Int
  /// Whether some line may end with CR; most services send none, and then none is looked for.
  private let hasCarriages: Bool
  /// The first LF at or behind the offset, or the body's end; less than the offset when it is to be looked for. Lines that
  /// end with CR would otherwise look for it again and again.
  private var nextFeed = -1
  /// The values of the current event's `data` lines joined; empty while there is only one.
  private var joined: [UInt8] = []

  /// The first lines that are no field of an event stream and look like an error: a JSON object without a name before it,
  /// or a field `error`. Some services end a stream so.
  package private(set) var strayLines: [ArraySlice<UInt8>] = []
  private static let mostStrayLines = 4
  /// Whether the body ended before the blank line of the last event.
  package private(set) var lastEventIsOpen = false

  /// A parser of `body`, whose elements lie at `bytes`. Offsets are those of `body`.
  ///
  /// The buffer must outlive the parser.
  package init(_ body: ArraySlice<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>) {
    self.body = body
    self.bytes = bytes
    shift = body.startIndex
    hasCarriages = bytes.baseAddress.map { memchr($0, 0x0D, bytes.count) != nil } ?? false
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  /// The next event, or nil at the end of the body.
  package mutating func next() -> ServerSentEvent? {
    var event = ServerSentEvent(data: [])
    return read(into: &event) ? event : nil
  }

  /// Replaces `event` by the next one; false at the end of the body. Reading a stream into one event spares the making and
  /// ending of each one's arrays.
  package mutating func read(into event: inout ServerSentEvent) -> Bool {
    event.forgetFields()
    if readPlain(into: &event) { return true }
    var hasData = false
    while offset < bytes.count {
      let line = nextLine()
      if line.isEmpty {
        if hasData {
          takeJoined(into: &event)
          return true
        }
        event.forgetFields()
        continue
      }
      if isData(line) {
        append(value(line, after: 4), to: &event, isFirst: !hasData)
        hasData = true
      } else {
        take(line, into: &event)
      }
    }
    lastEventIsOpen = hasData
    takeJoined(into: &event)
    return hasData
  }

  /// The same for an event that is one `data` line and a blank line, both ended by LF, as most events are; false when the
  /// next one is not.
  @inline(__always)
  private mutating func readPlain(into event: inout ServerSentEvent) -> Bool {
    guard !hasCarriages, offset < bytes.count, bytes[offset] == UInt8(ascii: "d"),
      let feed = firstIndex(of: 0x0A, in: offset..<bytes.count), feed + 1 < bytes.count, bytes[feed + 1] == 0x0A,
      isData(offset..<feed)
    else { return false }
    event.data = value(offset..<feed, after: 4)
    event.endOffset = feed + 1 + shift
    offset = feed + 2
    return true
  }

  /// The line at the offset without its end, which is consumed.
  private mutating func nextLine() -> Range<Int> {
    let start = offset
    if nextFeed < start { nextFeed = firstIndex(of: 0x0A, in: start..<bytes.count) ?? bytes.count }
    let feed = nextFeed
    // A CR ends the line too, unless it is part of CRLF.
    guard hasCarriages, let carriage = firstIndex(of: 0x0D, in: start..<feed) else {
      offset = min(feed + 1, bytes.count)
      return start..<feed
    }
    offset = carriage + 1 == feed && feed < bytes.count ? feed + 1 : carriage + 1
    return start..<carriage
  }

  private func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    guard let base = bytes.baseAddress, let found = memchr(base + range.lowerBound, Int32(byte), range.count) else {
      return nil
    }
    return base.distance(to: found.assumingMemoryBound(to: UInt8.self))
  }

  private func isData(_ line: Range<Int>) -> Bool {
    guard line.count >= 4, let base = bytes.baseAddress else { return false }
    let word = UnsafeRawPointer(base + line.lowerBound).loadUnaligned(as: UInt32.self)
    guard UInt32(littleEndian: word) == 0x6174_6164 else { return false }  // "data"
    return line.count == 4 || bytes[line.lowerBound + 4] == UInt8(ascii: ":")
  }

  /// The value of a line whose name has `nameLength` bytes: what follows the colon and at most one space.
  private func value(_ line: Range<Int>, after nameLength: Int) -> ArraySlice<UInt8> {
    var start = line.lowerBound + nameLength
    if start < line.upperBound { start += 1 }
    if start < line.upperBound, bytes[start] == UInt8(ascii: " ") { start += 1 }
    return body[start + shift..<line.upperBound + shift]
  }

  private mutating func append(_ value: ArraySlice<UInt8>, to event: inout ServerSentEvent, isFirst: Bool) {
    event.endOffset = offset + shift
    if isFirst {
      event.data = value
    } else {
      if joined.isEmpty { joined = Array(event.data) }
      joined.append(0x0A)
      joined += value
    }
  }

  private mutating func takeJoined(into event: inout ServerSentEvent) {
    guard !joined.isEmpty else { return }
    event.data = joined[...]
    joined = []
  }

  private mutating func take(_ line: Range<Int>, into event: inout ServerSentEvent) {
    // A name without a colon has an empty value; none of the fields that count here means anything then.
    guard let colon = firstIndex(of: UInt8(ascii: ":"), in: line) else { return }
    let name = line.lowerBound..<colon
    if name.isEmpty {
      let value = value(line, after: 0)
      // A bare colon is a ping, and takes nothing away from a comment that says something.
      if !value.isEmpty { event.comment = value }
    } else if isWord("event", name) {
      event.name = value(line, after: 5)
    } else if !isWord("id", name), !isWord("retry", name) {
      if bytes[line.lowerBound] == UInt8(ascii: "{") || isWord("error", name), strayLines.count < Self.mostStrayLines {
        strayLines.append(body[line.lowerBound + shift..<line.upperBound + shift])
      }
      let name = body[name.lowerBound + shift..<name.upperBound + shift]
      event.otherFields.append(.init(name: name, value: value(line, after: name.count)))
    }
  }

  private func isWord(_ word: StaticString, _ name: Range<Int>) -> Bool {
    guard name.count == word.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
    return memcmp(base + name.lowerBound, word.utf8Start, name.count) == 0
  }
}
