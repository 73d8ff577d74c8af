import LLMPerf

extension Connection {
  /// When a read happened, and what is known of when its bytes came.
  struct Read {
    /// When the last of the bytes came: by the kernel's stamp where `isStamped`, else the time of the read.
    var at: RunInstant
    var isStamped: Bool
    var readAt: RunInstant
    /// When the sockets were found empty, by the loop's last look at all of them.
    var emptyAt: RunInstant
    /// What a segment may have been on its way between its stamp and its socket, in nanoseconds.
    var crowding: Int64
  }

  /// A response that is longer has failed: no answer of a model is, and reading it would take several times its length of
  /// memory.
  private static let longestBody = 1 << 30

  /// No byte that is read next came earlier.
  var earliestNext: RunInstant { lastRead ?? exchange.sentAt ?? .start }

  /// Whether `count` reads of the body have come, or so much of it that a part has left memory.
  func hasReads(_ count: Int) -> Bool {
    exchange.arrivals.count >= count || !exchange.spilled.isEmpty
  }

  /// Bytes came.
  mutating func received(_ bytes: UnsafeBufferPointer<UInt8>, _ read: Read) -> Action {
    // Bytes that nobody asked for: the connection is out of step.
    guard state == .exchanging else { return drop(at: read.readAt) }
    if read.isStamped {
      exchange.longestReadDelay = max(exchange.longestReadDelay, read.readAt - read.at)
    } else {
      exchange.kernelStamped = false
    }
    do throws(ResponseParser.Failure) {
      let taken = try take(bytes, read)
      return parser.isDone ? finish(leavesRest: taken < bytes.count, at: read.at) : .wait
    } catch {
      return fail(RequestFailure(.malformed, error.message), at: read.readAt)
    }
  }

  /// The peer closed the connection, or it broke for `reason`.
  mutating func peerClosed(_ reason: String?, at: RunInstant) -> Action {
    guard state == .exchanging else { return drop(at: at) }
    if lastRead == nil, exchange.reusedConnection, !exchange.retried { return retry() }
    if reason == nil, parser.endsWithConnection {
      exchange.isComplete = true
    } else if parser.status == nil {
      exchange.failure = RequestFailure(.reset, reason ?? "the connection closed before a response came")
    }
    return end(at: at, reset: false)
  }

  /// A kept-alive connection died before the first byte: the request goes out once more, on a new one.
  private mutating func retry() -> Action {
    exchange.retried = true
    exchange.reusedConnection = false
    exchange.sentAt = nil
    exchange.bytesSent = 0
    return .reconnect
  }

  private mutating func finish(leavesRest: Bool, at: RunInstant) -> Action {
    exchange.isComplete = true
    if parser.closesConnection || leavesRest || awaitsRoom { return end(at: at, reset: false) }
    exchange.endedAt = at
    state = .idle
    served += 1
    return .finish
  }

  /// Ends a connection that has no exchange.
  private mutating func drop(at: RunInstant) -> Action {
    isBusy ? fail(RequestFailure(.reset, "the connection broke"), at: at) : end(at: at, reset: false)
  }

  /// Returns how many of the bytes belong to the response.
  private mutating func take(
    _ bytes: UnsafeBufferPointer<UInt8>, _ read: Read
  ) throws(ResponseParser.Failure) -> Int {
    let before = exchange.body.count
    let interims = parser.interimCount
    let taken: Int
    do {
      // What comes before broken bytes in one read has come all the same, and at this time.
      defer { noteRead(read, bodyBefore: before, interimsBefore: interims) }
      taken = try parser.feed(bytes, into: &exchange.body)
    }
    exchange.bytesReceived += taken
    guard exchange.bodyLength <= Self.longestBody else {
      exchange.dropBody()
      throw ResponseParser.Failure(
        message: "a response longer than \(Self.longestBody >> 20) MiB, of which nothing is kept")
    }
    return taken
  }

  private mutating func noteRead(_ read: Read, bodyBefore: Int, interimsBefore: Int) {
    // An interim response is not the beginning of the answer, and does not keep an exchange alive for ever.
    if parser.interimCount > interimsBefore { exchange.headersAt = nil }
    if !parser.isBeforeHead {
      if exchange.headersAt == nil { exchange.headersAt = read.at }
      lastActivity = read.readAt
    }
    if exchange.body.count > bodyBefore {
      // The first of the bytes came after the socket was last known to be empty.
      let slack = read.at.nanoseconds - max(read.emptyAt, emptiedAt).nanoseconds + read.crowding
      exchange.arrivals.append(FinishedExchange.Arrival(end: exchange.bodyLength, at: read.at, slack: slack))
      if doneSeenAt == nil, exchange.body.endsWithDoneMarker { doneSeenAt = read.at }
    }
    lastRead = read.at
  }
}

extension [UInt8] {
  /// Whether the bytes end with an event `data: [DONE]`, its line ends, and comments that came with it. This is asked after
  /// every read.
  var endsWithDoneMarker: Bool {
    guard last == 0x0A || last == 0x0D else { return false }
    return withUnsafeBytes { bytes in
      var end = bytes.count
      while true {
        let start = Swift.max(0, end - 64)
        while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        if end < 6 { return false }
        if bytes[end - 1] == UInt8(ascii: "]") {
          return UnsafeRawBufferPointer(rebasing: bytes[(end - 6)..<end]).elementsEqual("[DONE]".utf8)
        }
        // Comments keep a connection alive, are short and say nothing.
        let farthest = Swift.max(0, end - 64)
        var first = end
        while first > farthest, bytes[first - 1] != 0x0A, bytes[first - 1] != 0x0D { first -= 1 }
        guard first < end, bytes[first] == UInt8(ascii: ":") else { return false }
        end = first
      }
    }
  }
}
