import CLLMPerfWire
import Glibc

/// One connection to a `PageServer`. Belongs to the server's thread.
final class PageVisitor {
  /// Whether events go to it.
  private(set) var isStreaming = false
  /// Whether it has left, or is to be left.
  private(set) var isGone = false

  private let descriptor: Int32
  private var parser: PageRequestParser
  private var output: [UInt8] = []
  private var closesAfterOutput = false
  private var watchedForWriting = false

  /// A visitor that reads slower than events come is let go at so many bytes.
  private static let mostWaiting = 4 << 20

  init(_ descriptor: Int32, mostBody: Int) {
    self.descriptor = descriptor
    parser = PageRequestParser(mostBody: mostBody)
  }

  deinit {
    lw_close(descriptor)
  }

  /// Whether there is output that the socket has not taken.
  var hasMore: Bool { !output.isEmpty }

  /// Whether the poller should watch for something else than it does; asked once after each turn.
  var wantsChange: Bool {
    defer { watchedForWriting = hasMore }
    return watchedForWriting != hasMore
  }

  /// Puts `bytes` behind what waits to be sent.
  func send(_ bytes: [UInt8]) {
    output += bytes
    if output.count > Self.mostWaiting, isStreaming { isGone = true }
  }

  /// Reads what has come and answers each request in it.
  func receive(_ respond: (PageRequest) -> PageResponse) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while !isGone {
      let result = buffer.withUnsafeMutableBytes { lw_receive(descriptor, $0.baseAddress, $0.count) }
      if result.count == Int64(-EAGAIN) { break }
      guard result.count > 0 else {
        isGone = true
        return
      }
      parser.feed(buffer[..<Int(result.count)])
      // What a visitor says during a stream is not a request.
      if !isStreaming { answer(respond) }
    }
  }

  /// Hands the socket what it takes.
  func flush() {
    var offset = 0
    while offset < output.count {
      let sent = output.withUnsafeBytes { lw_send(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset) }
      if sent == Int64(-EAGAIN) { break }
      guard sent > 0 else {
        isGone = true
        return
      }
      offset += Int(sent)
    }
    output.removeSubrange(..<offset)
    if closesAfterOutput, output.isEmpty { isGone = true }
  }

  private func answer(_ respond: (PageRequest) -> PageResponse) {
    while !isGone, !closesAfterOutput, !isStreaming {
      switch parser.next() {
      case .needsMore: return
      case .refused(let response):
        output += response.wire(closes: true)
        closesAfterOutput = true
      case .request(let request, let closes):
        let response = respond(request)
        if response.isDropped {
          isGone = true
          return
        }
        output += response.wire(closes: closes)
        isStreaming = response.isStream
        closesAfterOutput = closes && !response.isStream
      }
    }
  }
}
