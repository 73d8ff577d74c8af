internal import CLLMPerfWire
import Glibc
import LLMPerf

/// One connection of a loop, and the exchange that is under way on it. Belongs to the loop's thread.
final class Connection {
  enum State {
    case connecting
    case handshaking
    /// Ready, and without an exchange.
    case idle
    /// A request is being sent or its response awaited.
    case exchanging
    /// Closed; waits as a slot of a closed loop for its next request.
    case closed
  }

  /// What one attempt to read or write came to.
  enum Transfer {
    case bytes(Int, stamp: Int64)
    case later
    case end
    case failed(String, RequestFailure.Code)
  }

  /// The connection's place among its loop's.
  let index: Int
  var state = State.closed
  /// Names this connection's descriptor in the poller; grows with each descriptor, so that events of a closed one are
  /// told apart.
  var generation: UInt32 = 0
  var descriptor: Int32 = -1
  var tls: OpaquePointer?
  /// Which of the endpoint's addresses is being tried.
  var addressIndex = 0
  var parser = ResponseParser()
  /// The exchange under way; meaningless while `isBusy` is false.
  var exchange = FinishedExchange.none
  /// Whether an exchange is under way: connecting for it counts.
  var isBusy = false
  /// Bytes of the request that have been sent.
  var sent = 0
  /// Bytes of a long request that had left and that the service's machine had not taken at the last look; nil when all is
  /// taken, or the request is short.
  var untaken: Int?
  /// When the last bytes came or went, for the timeouts.
  var lastActivity = RunInstant.start
  /// When the last bytes of the running response came; nil before the first.
  var lastRead: RunInstant?
  /// When the socket was found empty, or the request began to be sent: what is read next came later.
  var emptiedAt = RunInstant.start
  /// When `[DONE]` stood at the end of the body while its framing went on.
  var doneSeenAt: RunInstant?
  /// When the system refused the rest of the request, and why.
  var unsent: (at: RunInstant, failure: RequestFailure)?
  /// A response that is longer has failed: no answer of a model is, and reading it would take several times its length of
  /// memory.
  private static let longestBody = 1 << 30
  /// A request that is no longer fits in every socket of a service, however busy that is.
  private static let longestShortRequest = 32 << 10
  /// Exchanges that this descriptor has served.
  var served = 0
  /// The size of the last body and some more, a guess for the next one.
  var usualBodySize = 4096
  /// Whether the poller watches for room to write.
  var watchesWrites = false
  /// Whether the loop counts it among those that are being made.
  var isConnecting = false
  /// Whether the connection is among those that the loop looks at first.
  var isUrgent = true
  /// When a slot that rests after a failed connection may go on.
  var restsUntil: RunInstant?

  init(index: Int) {
    self.index = index
  }

  /// The poller's name for the descriptor.
  var token: UInt64 { UInt64(generation) << 32 | UInt64(index) }

  /// What the poller is to watch the descriptor for.
  var awaitedReadiness: Poller.Readiness { watchesWrites ? [.readable, .writable] : .readable }

  /// Takes up an exchange.
  func begin(_ exchange: FinishedExchange) {
    self.exchange = exchange
    isBusy = true
  }

  /// A new descriptor that is about to connect.
  func open(_ descriptor: Int32) {
    self.descriptor = descriptor
    state = .connecting
  }

  /// Gets ready for the response to a request that is about to be sent, with room for at most `room` bytes of its body.
  func startResponse(room: Int) {
    state = .exchanging
    parser = ResponseParser()
    sent = 0
    untaken = exchange.request.wire.count > Self.longestShortRequest ? .max : nil
    lastRead = nil
    doneSeenAt = nil
    unsent = nil
    exchange.kernelStamped = true
    exchange.body.reserveCapacity(min(usualBodySize, room))
  }

  /// Takes bytes that came at `at`, the first of them up to `slack` earlier; returns how many belong to the response.
  func take(
    _ bytes: UnsafeBufferPointer<UInt8>, at: RunInstant, slack: Int64, readAt: RunInstant
  ) throws(ResponseParser.Failure) -> Int {
    let before = exchange.body.count
    let interims = parser.interimCount
    let taken: Int
    do {
      // What comes before broken bytes in one read has come all the same, and at this time.
      defer { noteRead(bodyBefore: before, interimsBefore: interims, at: at, slack: slack, readAt: readAt) }
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

  private func noteRead(
    bodyBefore: Int, interimsBefore: Int, at: RunInstant, slack: Int64, readAt: RunInstant
  ) {
    // An interim response is not the beginning of the answer, and does not keep an exchange alive for ever.
    if parser.interimCount > interimsBefore { exchange.headersAt = nil }
    if !parser.isBeforeHead {
      if exchange.headersAt == nil { exchange.headersAt = at }
      lastActivity = readAt
    }
    if exchange.body.count > bodyBefore {
      exchange.arrivals.append(FinishedExchange.Arrival(end: exchange.bodyLength, at: at, slack: slack))
      if doneSeenAt == nil, exchange.body.endsWithDoneMarker { doneSeenAt = at }
    }
    lastRead = at
  }

  /// Whether `count` reads of the body have come, or so much of it that a part has left memory.
  func hasReads(_ count: Int) -> Bool {
    exchange.arrivals.count >= count || !exchange.spilled.isEmpty
  }

  /// Gives the exchange up, with what the parser knows of its response.
  func takeExchange(endedAt: RunInstant) -> FinishedExchange {
    exchange.endedAt = endedAt
    exchange.status = parser.status
    exchange.contentEncoding = parser.contentEncoding
    exchange.location = parser.location
    if exchange.arrivals.isEmpty { exchange.kernelStamped = exchange.kernelStamped && lastRead != nil }
    usualBodySize = min(exchange.bodyLength + exchange.bodyLength / 8, 64 << 10)
    isBusy = false
    defer { exchange = .none }
    return exchange
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    guard let base = bytes.baseAddress else { return .bytes(0, stamp: 0) }
    if let tls {
      return transfer(lw_tls_send(tls, base, bytes.count), stamp: 0)
    }
    return transfer(lw_send(descriptor, base, bytes.count), stamp: 0)
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    let received =
      if let tls {
        lw_tls_receive(tls, buffer.baseAddress, buffer.count)
      } else {
        lw_receive(descriptor, buffer.baseAddress, buffer.count)
      }
    if received.count == 0 { return .end }
    return transfer(received.count, stamp: received.stamp)
  }

  /// Closes the descriptor; with `reset`, without waiting for the peer.
  func close(reset: Bool = false) {
    if let tls { lw_tls_free(tls) }
    tls = nil
    if descriptor >= 0 {
      if reset { lw_close_reset(descriptor) } else { lw_close(descriptor) }
    }
    descriptor = -1
    state = .closed
    watchesWrites = false
    served = 0
    generation &+= 1
  }

  private func transfer(_ count: Int64, stamp: Int64) -> Transfer {
    if count > 0 { return .bytes(Int(count), stamp: stamp) }
    switch Int32(count) {
    case -EAGAIN, Int32(LW_TLS_WANT_READ), Int32(LW_TLS_WANT_WRITE): return .later
    case Int32(LW_TLS_FAILED): return .failed(tls.map { String(cString: lw_tls_error($0)) } ?? "TLS failed", .reset)
    case 0: return .end
    default: return .failed(String(cString: strerror(Int32(-count))), .reset)
    }
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
