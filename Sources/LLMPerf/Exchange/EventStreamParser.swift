import Glibc

/// Splits the body of a response into server-sent events, by the rules of the WHATWG event stream.
///
/// Lines end with LF, CRLF or CR and nothing else. A byte-order mark at the start is skipped, exactly one space after a
/// field's colon is dropped, the `data` lines of one event are joined by LF, comments make no event, and the last event
/// may lack its blank line. Works on the whole body, so that it does not matter how the network cut it.
package struct EventStreamParser {
  private let body: ArraySlice<UInt8>
  private let base: UnsafePointer<UInt8>
  private var offset: Int
  private let end: Int

  /// A parser of `body`, whose elements lie at `bytes`. Offsets are those of `body`.
  ///
  /// The buffer must outlive the parser.
  package init(_ body: ArraySlice<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>) {
    self.body = body
    offset = body.startIndex
    end = body.endIndex
    // Indices of a slice do not start at 0; with the base moved back, they index the buffer directly.
    base = bytes.baseAddress.map { $0 - body.startIndex } ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
    if end - offset >= 3, base[offset] == 0xEF, base[offset + 1] == 0xBB, base[offset + 2] == 0xBF { offset += 3 }
  }

  /// Whether the body ended before the blank line of the last event.
  package private(set) var lastEventIsOpen = false

  /// The next event, or nil at the end of the body.
  package mutating func next() -> ServerSentEvent? {
    var event = ServerSentEvent(data: [])
    var hasData = false
    while offset < end {
      let line = nextLine()
      if line.isEmpty {
        if hasData { return event }
        event = ServerSentEvent(data: [])
        continue
      }
      if isData(line) {
        append(value(line, after: 4), to: &event, isFirst: !hasData, lineEnd: offset)
        hasData = true
      } else {
        take(line, into: &event)
      }
    }
    lastEventIsOpen = hasData
    return hasData ? event : nil
  }

  /// The line at the offset without its end, which is consumed.
  private mutating func nextLine() -> Range<Int> {
    let start = offset
    let limit = end - start
    let feed = firstIndex(of: 0x0A, from: start, count: limit) ?? end
    // A CR ends the line too, unless it is part of CRLF; it is rare, so it is looked for inside the LF line only.
    guard let carriage = firstIndex(of: 0x0D, from: start, count: feed - start) else {
      offset = min(feed + 1, end)
      return start..<feed
    }
    offset = carriage + 1 == feed && feed < end ? feed + 1 : carriage + 1
    return start..<carriage
  }

  private func firstIndex(of byte: UInt8, from start: Int, count: Int) -> Int? {
    guard count > 0, let found = memchr(base + start, Int32(byte), count) else { return nil }
    return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
  }

  private func isData(_ line: Range<Int>) -> Bool {
    guard line.count >= 4 else { return false }
    let word = UnsafeRawPointer(base + line.lowerBound).loadUnaligned(as: UInt32.self)
    guard UInt32(littleEndian: word) == 0x6174_6164 else { return false }  // "data"
    return line.count == 4 || base[line.lowerBound + 4] == UInt8(ascii: ":")
  }

  /// The value of a line whose name has `nameLength` bytes: what follows the colon and at most one space.
  private func value(_ line: Range<Int>, after nameLength: Int) -> ArraySlice<UInt8> {
    var start = line.lowerBound + nameLength
    if start < line.upperBound { start += 1 }
    if start < line.upperBound, base[start] == UInt8(ascii: " ") { start += 1 }
    return body[start..<line.upperBound]
  }

  private func append(
    _ value: ArraySlice<UInt8>, to event: inout ServerSentEvent, isFirst: Bool, lineEnd: Int
  ) {
    event.endOffset = lineEnd
    if isFirst {
      event.data = value
    } else {
      event.data = event.data + [0x0A] + value
    }
  }

  private func take(_ line: Range<Int>, into event: inout ServerSentEvent) {
    guard let colon = firstIndex(of: UInt8(ascii: ":"), from: line.lowerBound, count: line.count) else { return }
    let name = body[line.lowerBound..<colon]
    let value = value(line, after: name.count)
    if name.isEmpty {
      event.comment = value
    } else if name.elementsEqual("event".utf8) {
      event.name = value
    } else if !name.elementsEqual("id".utf8), !name.elementsEqual("retry".utf8) {
      event.otherFields.append(.init(name: name, value: value))
    }
  }
}
