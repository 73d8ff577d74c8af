/// Success or failure of one exchange, decided in a fixed order by what was received.
struct Outcome {
  /// Why it failed; nil on success.
  let failure: RequestFailure?

  init(_ exchange: FinishedExchange, _ reading: ResponseReading, isStream: Bool, sawOutput: Bool) {
    failure = Self.failure(exchange, reading, isStream: isStream, sawOutput: sawOutput)
  }

  private static func failure(
    _ exchange: FinishedExchange, _ reading: ResponseReading, isStream: Bool, sawOutput: Bool
  ) -> RequestFailure? {
    guard let status = exchange.status else {
      return exchange.failure ?? RequestFailure(.reset, "the connection ended before a response came")
    }
    guard Outcome.promisesAnswer(status) else {
      let words = reading.error?.message ?? sample(exchange.body)
      return RequestFailure(.httpStatus(status), StatusWords.text(status, saying: oneLine(words), exchange))
    }
    if let coding = exchange.contentEncoding {
      return RequestFailure(.malformed, "the response is coded as \(coding), though identity was asked for")
    }
    if let error = reading.error ?? reading.finishReason.flatMap({ FinishReason.error(for: $0) }) {
      return RequestFailure(.inBand, oneLine(error.status.map { "\($0) " } ?? "") + oneLine(error.message))
    }
    if exchange.failure?.code == .cancelled { return exchange.failure }
    if let malformed = reading.malformed, isStream || exchange.isComplete {
      return RequestFailure(.malformed, "not the protocol's JSON: \(sample(Array(malformed)))")
    }
    let cutChoice = reading.choices.unfinished ?? (isStream ? absentChoice(exchange, reading) : nil)
    if cutChoice == nil, reading.finishReason != nil || (reading.sawEnd && reading.endIsProof) { return nil }
    if let failure = exchange.failure { return failure }
    if !exchange.isComplete { return cut(exchange) }
    if let cutChoice {
      return RequestFailure(
        .truncated, "the \(isStream ? "stream" : "answer") ended without a finish reason for choice \(cutChoice)")
    }
    if reading.sawEnd, sawOutput || !isStream && reading.endIsProof { return nil }
    if exchange.body.allSatisfy({ $0 <= 0x20 }) { return RequestFailure(.empty, "status \(status) and an empty body") }
    if isStream { return RequestFailure(.truncated, "the stream ended without a finish reason") }
    return RequestFailure(.malformed, "no answer in the response: \(sample(exchange.body))")
  }

  /// A choice that was asked for and had not begun when the stream broke off: no sign of an end came.
  private static func absentChoice(_ exchange: FinishedExchange, _ reading: ResponseReading) -> Int? {
    reading.sawEnd || exchange.isComplete && exchange.failure == nil
      ? nil : reading.choices.missing(of: reading.choicesAsked)
  }

  /// Whether a response with this status is an answer, and not an error.
  static func promisesAnswer(_ status: Int?) -> Bool { status.map { 200..<300 ~= $0 } ?? false }

  private static func cut(_ exchange: FinishedExchange) -> RequestFailure {
    RequestFailure(.truncated, "the connection closed after \(exchange.bodyLength) bytes of an unfinished body")
  }

  /// The beginning of a body as one line.
  private static func sample(_ body: [UInt8]) -> String {
    oneLine(String(decoding: body.prefix(1024), as: UTF8.self))
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
