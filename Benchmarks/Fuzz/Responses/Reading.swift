import LLMPerf
import LLMPerfWire

/// What a connection makes of bytes that come in some pieces.
struct Reading: Equatable {
  var status: Int?
  var body: [UInt8] = []
  var isDone = false
  var hasFailed = false
  var contentEncoding: String?
  private var arrivals: [FinishedExchange.Arrival] = []
  private var endsProperly = false

  /// Feeds `wire` cut at `cuts`; a read comes a millisecond after the one before, or at times much earlier or later.
  init(_ wire: [UInt8], cuts: [Int], random: inout SplitMix64) {
    var parser = ResponseParser()
    var at = RunInstant(nanoseconds: 1_000_000)
    var start = 0
    for end in cuts + [wire.count] where !hasFailed && !parser.isDone {
      at = Self.later(than: at, &random)
      let before = body.count
      do {
        _ = try wire[start..<end].withUnsafeBufferPointer { try parser.feed($0, into: &body) }
      } catch {
        hasFailed = true
      }
      if body.count > before { arrivals.append(.init(end: body.count, at: at)) }
      start = end
    }
    status = parser.status
    isDone = parser.isDone
    contentEncoding = parser.contentEncoding
    endsProperly = !hasFailed && parser.endsWithConnection
  }

  private static func later(than instant: RunInstant, _ random: inout SplitMix64) -> RunInstant {
    switch Int.random(in: 0..<50, using: &random) {
    case 0: RunInstant(nanoseconds: instant.nanoseconds - 2_000_000)
    case 1: RunInstant(nanoseconds: instant.nanoseconds + 3_600_000_000_000)
    default: RunInstant(nanoseconds: instant.nanoseconds + 1_000_000)
    }
  }

  /// The exchange as the transport hands it over.
  func exchange(_ index: Int) -> FinishedExchange {
    var exchange = FinishedExchange(
      request: ScheduledRequest(index: index, wire: Array("POST / HTTP/1.1\r\n\r\n{}".utf8), bodyStart: 19),
      dueAt: .start)
    exchange.sentAt = RunInstant(nanoseconds: 500_000)
    exchange.headersAt = arrivals.first?.at
    exchange.endedAt = arrivals.last?.at ?? RunInstant(nanoseconds: 2_000_000)
    exchange.status = status
    exchange.contentEncoding = contentEncoding
    exchange.body = body
    exchange.arrivals = arrivals
    exchange.isComplete = endsProperly
    if hasFailed { exchange.failure = RequestFailure(.malformed, "not HTTP") }
    return exchange
  }

  static func == (left: Reading, right: Reading) -> Bool {
    guard left.status == right.status, left.isDone == right.isDone, left.hasFailed == right.hasFailed else {
      return false
    }
    // A failure ends the reading of the piece it lies in.
    return left.hasFailed || left.body == right.body && left.contentEncoding == right.contentEncoding
  }
}
