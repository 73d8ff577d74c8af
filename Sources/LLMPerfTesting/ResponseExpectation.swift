public import LLMPerf

/// What a response must be read as.
public struct ResponseExpectation: Sendable, Hashable {
  /// The class of the failure; nil for a success.
  public var failure: RequestFailure.Code?
  /// Visible output.
  public var text: String
  /// Reasoning output.
  public var reasoning: String
  /// Why generation ended, in the service's word.
  public var finishReason: String?
  /// Token counts as the service reports them; nil means that there must be none.
  public var usage: TokenUsage
  /// Whether there must be a first token; nil where it follows from the output of a stream.
  public var hasFirstToken: Bool?
  /// How many bytes of the body have come when the first event with output is complete, up to the end of its last `data`
  /// line; nil for any number.
  public var firstTokenOffset: Int?
  /// Events with data, the end marker left out; nil for any number.
  public var eventCount: Int?
  /// Inputs handled, for services without a token stream.
  public var inputCount: Int?
  /// What must be noticed while it is read; nil for anything.
  public var remarks: ReadingRemarks?
  /// A part of the failure's message; nil for any.
  public var message: String?

  /// An expectation: by default a success without output.
  public init(
    failure: RequestFailure.Code? = nil, text: String = "", reasoning: String = "", finishReason: String? = nil,
    usage: TokenUsage = TokenUsage(), hasFirstToken: Bool? = nil, firstTokenOffset: Int? = nil, eventCount: Int? = nil,
    inputCount: Int? = nil, message: String? = nil, remarks: ReadingRemarks? = nil
  ) {
    self.failure = failure
    self.text = text
    self.reasoning = reasoning
    self.finishReason = finishReason
    self.usage = usage
    self.hasFirstToken = hasFirstToken
    self.firstTokenOffset = firstTokenOffset
    self.eventCount = eventCount
    self.inputCount = inputCount
    self.message = message
    self.remarks = remarks
  }

  /// An expectation from a row of a table: `outcome` (`success`, or the failure's class as the report names it), `text`,
  /// `reasoning`, `finishReason`, `usage` with `input`, `output`, `reasoning` and `cached`, `firstToken`, `firstTokenOffset`, `events`,
  /// `inputs`, `error`. What is not there has its default.
  public init(row: JSON) {
    let outcome = row["outcome"]?.stringValue ?? "success"
    let usage = row["usage"]
    self.init(
      failure: outcome == "success" ? nil : RequestFailure.Code(parsing: outcome),
      text: row["text"]?.stringValue ?? "", reasoning: row["reasoning"]?.stringValue ?? "",
      finishReason: row["finishReason"]?.stringValue,
      usage: TokenUsage(
        input: usage?["input"]?.intValue, output: usage?["output"]?.intValue,
        reasoning: usage?["reasoning"]?.intValue, cached: usage?["cached"]?.intValue),
      hasFirstToken: row["firstToken"]?.boolValue, firstTokenOffset: row["firstTokenOffset"]?.intValue,
      eventCount: row["events"]?.intValue,
      inputCount: row["inputs"]?.intValue, message: row["error"]?.stringValue)
  }

  /// What `seen` has that is not as expected: one sentence each.
  public func mismatches(with seen: ResponseObservation) -> [String] {
    var found: [String] = []
    func compare<Value: Equatable>(_ what: String, _ value: Value, _ expected: Value) {
      if value != expected { found.append("\(what) is \(value), expected \(expected)") }
    }
    let outcome = seen.failure.map { "\($0.code) (\($0.message))" } ?? "success"
    if seen.failure?.code != failure {
      found.append("the outcome is \(outcome), expected \(failure?.description ?? "success")")
    }
    compare("the text", seen.text, text)
    compare("the reasoning", seen.reasoning, reasoning)
    compare("the finish reason", seen.finishReason, finishReason)
    compare("the usage", seen.usage, usage)
    compare("the number of inputs", seen.inputCount, inputCount)
    let needsToken = hasFirstToken ?? (seen.isStreamed && !(text.isEmpty && reasoning.isEmpty))
    compare("whether there is a first token", seen.firstTokenOffset != nil, needsToken)
    if let firstTokenOffset { compare("the first token's place", seen.firstTokenOffset, firstTokenOffset) }
    if let remarks { compare("what was noticed", seen.remarks.names, remarks.names) }
    if let eventCount, seen.isStreamed { compare("the number of events", seen.eventCount, eventCount) }
    let words = message?.split(whereSeparator: \.isNewline).joined(separator: " ")
    if let words, seen.failure?.message.contains(words) != true { found.append("\(outcome) does not say: \(words)") }
    return found
  }
}

/// A response with what it must be read as.
public struct ResponseSample: Sendable {
  /// A name for messages.
  public var name: String
  /// What the service sends.
  public var response: RecordedResponse
  /// What it must be read as.
  public var expectation: ResponseExpectation

  /// A response with what it must be read as.
  public init(_ name: String, _ response: RecordedResponse, _ expectation: ResponseExpectation) {
    self.name = name
    self.response = response
    self.expectation = expectation
  }
}
