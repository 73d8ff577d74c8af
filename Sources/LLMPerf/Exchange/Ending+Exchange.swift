extension Ending {
  /// How one exchange ended, decided in a fixed order by what was received.
  init(of exchange: FinishedExchange, _ reading: ResponseReading, isStream: Bool, sawOutput: Bool) {
    self = Self.decided(exchange, reading, isStream: isStream, sawOutput: sawOutput)
    if case .cut = self, exchange.sentAt == nil, exchange.connectStartedAt == nil { self = .neverSent }
  }

  private static func decided(
    _ exchange: FinishedExchange, _ reading: ResponseReading, isStream: Bool, sawOutput: Bool
  ) -> Ending {
    guard let status = exchange.status else {
      return exchange.ending ?? .failure(RequestFailure(.reset, "the connection ended before a response came"))
    }
    guard exchange.promisesAnswer else {
      let words = reading.error?.message ?? sample(exchange.body)
      return .failure(
        RequestFailure(.httpStatus(status), StatusWords.text(status, saying: oneLine(words), exchange)))
    }
    if let coding = exchange.contentEncoding {
      return .failure(
        RequestFailure(.malformed, "the response is coded as \(coding), though identity was asked for"))
    }
    if let error = reading.error ?? reading.finishReason.flatMap({ FinishReason.error(for: $0) }) {
      return .failure(
        RequestFailure(.inBand, oneLine(error.status.map { "\($0) " } ?? "") + oneLine(error.message)))
    }
    if let ending = exchange.ending, !ending.isOwn { return ending }
    let failure = failure(of: exchange, reading, isStream: isStream, sawOutput: sawOutput)
    return failure.map { .failure($0) } ?? .success
  }

  /// Why an exchange that went on to its own end has no whole answer; nil where it has one.
  private static func failure(
    of exchange: FinishedExchange, _ reading: ResponseReading, isStream: Bool, sawOutput: Bool
  ) -> RequestFailure? {
    if let malformed = reading.malformed, isStream || exchange.isComplete {
      return RequestFailure(.malformed, "not the protocol's JSON: \(sample(Array(malformed)))")
    }
    let cutChoice = reading.choices.unfinished ?? (isStream ? absentChoice(exchange, reading) : nil)
    if cutChoice == nil, reading.finishReason != nil || (reading.sawEnd && reading.endIsProof) { return nil }
    if let failure = exchange.failure { return failure }
    if !exchange.isComplete {
      return RequestFailure(
        .truncated, "the connection closed after \(exchange.bodyLength) bytes of an unfinished body")
    }
    if let cutChoice {
      return RequestFailure(
        .truncated, "the \(isStream ? "stream" : "answer") ended without a finish reason for choice \(cutChoice)")
    }
    if reading.sawEnd, sawOutput || !isStream && reading.endIsProof { return nil }
    if exchange.body.allSatisfy({ $0 <= 0x20 }) {
      return RequestFailure(.empty, "status \(exchange.status ?? 200) and an empty body")
    }
    if isStream { return RequestFailure(.truncated, "the stream ended without a finish reason") }
    return RequestFailure(.malformed, "no answer in the response: \(sample(exchange.body))")
  }

  /// A choice that was asked for and had not begun when the stream broke off: no sign of an end came.
  private static func absentChoice(_ exchange: FinishedExchange, _ reading: ResponseReading) -> Int? {
    reading.sawEnd || exchange.isComplete && exchange.failure == nil
      ? nil : reading.choices.missing(of: reading.choicesAsked)
  }

  /// The beginning of a body as one line.
  private static func sample(_ body: [UInt8]) -> String {
    oneLine(String(decoding: body.prefix(1024), as: UTF8.self))
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

extension FinishedExchange {
  /// Whether the response is an answer by its status, and not an error.
  var promisesAnswer: Bool { status.map { 200..<300 ~= $0 } ?? false }
}
