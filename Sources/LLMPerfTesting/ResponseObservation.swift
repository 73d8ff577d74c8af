public import LLMPerf

/// What the tool makes of a response when a protocol reads it.
public struct ResponseObservation: Sendable, Hashable {
  /// Why the request counts as failed; nil for a success.
  public var failure: RequestFailure?
  /// Visible output.
  public var text: String
  /// Reasoning output.
  public var reasoning: String
  /// Why generation ended, in the service's word.
  public var finishReason: String?
  /// Token counts as the service reports them.
  public var usage: TokenUsage
  /// Inputs handled, for services without a token stream.
  public var inputCount: Int?
  /// What was noticed while the response was read.
  public var remarks: ReadingRemarks
  /// Whether the answer was read as a stream.
  public var isStreamed: Bool
  /// Events with data, the end marker left out; 1 for an answer in one body.
  public var eventCount: Int
  /// Tokens in each event with output, where the service told them event by event; else empty.
  public var tokensPerEvent: [Int]
  /// How many bytes of the body had come when the first event with output was complete; nil when there was none.
  public var firstTokenOffset: Int?
  /// The same for the first visible output.
  public var firstVisibleOffset: Int?
  /// The same for each event with output.
  public var tokenOffsets: [Int]

  /// Reads `response` with `plugin`, as if one read had brought each byte.
  ///
  /// - Throws: what the plugin's `finish(_:)` throws.
  public init(of response: RecordedResponse, by plugin: any APIPlugin) throws {
    let request = ScheduledRequest(index: 0, wire: [], bodyStart: 0)
    var exchange = FinishedExchange(request: request, dueAt: .start)
    exchange.sentAt = .start
    exchange.status = response.status
    exchange.location = response.headers[field: "Location"]
    exchange.body = response.body
    exchange.isComplete = response.isComplete
    exchange.contentEncoding = response.headers[field: "Content-Encoding"].flatMap { $0 == "identity" ? nil : $0 }
    // The stamp of a byte is its place, so that stamps tell offsets.
    exchange.arrivals = (0..<response.body.count).map { .init(end: $0 + 1, at: Self.instant($0 + 1)) }
    exchange.endedAt = Self.instant(response.body.count)
    let records = try ResponseAnalyzer(api: plugin).records(of: [exchange])
    guard let record = records.first else { throw UsageError("the protocol dropped the response") }
    failure = record.failure
    text = String(decoding: record.bodies?.text ?? [], as: UTF8.self)
    reasoning = String(decoding: record.bodies?.reasoning ?? [], as: UTF8.self)
    finishReason = record.finishReason
    usage = record.usage
    inputCount = record.inputCount
    remarks = record.remarks
    isStreamed = record.isStreamed
    eventCount = record.eventCount
    tokensPerEvent = record.tokensPerEvent
    firstTokenOffset = record.firstTokenAt.map { Int($0.nanoseconds) }
    firstVisibleOffset = record.firstVisibleAt.map { Int($0.nanoseconds) }
    tokenOffsets = record.tokenEventTimes.map { Int($0.nanoseconds) }
  }

  private static func instant(_ offset: Int) -> RunInstant { RunInstant(nanoseconds: Int64(offset)) }
}
