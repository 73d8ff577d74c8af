/// What has been read from one response so far. A protocol fills it, event by event.
public struct ResponseReading: Sendable {
  /// Visible output, joined, in UTF-8; that of choice 0 when there are several.
  public var text: [UInt8] = []
  /// Reasoning output, joined, in UTF-8.
  public var reasoning: [UInt8] = []
  /// Visible output of further choices by their index (`n` > 1).
  public var otherChoices: [Int: [UInt8]] = [:]
  /// Names and arguments of tool calls, joined in the order they came.
  public var toolCalls: [UInt8] = []
  /// Token counts as the server reports them. The last value that is not null stands, field by field.
  public var usage = TokenUsage()
  /// Why generation ended (`stop`, `length`, …); nil until the server says so.
  public var finishReason: String?
  /// An error inside a response whose status was 200, or the text of a failed one.
  public var error: ServiceError?
  /// The protocol's own end was seen: `[DONE]`, `message_stop`, `response.completed` …
  public var sawEnd = false
  /// The protocol's own end means success even without output or finish reason. `[DONE]` alone does not.
  public var endIsProof = false
  /// The first bytes that should have been JSON and were not.
  public var malformed: ArraySlice<UInt8>?
  /// Inputs handled, for services that have no token stream (embeddings, rerank).
  public var inputCount: Int?
  /// The last event's JSON, for protocols whose events differ in one string only; see `EventShape`.
  package var shape: EventShape?
  /// How often in a row an event's JSON was remembered and the next one differed.
  package var shapeMisses = 0
  /// Anthropic's counts, which come field by field and add up differently.
  package var anthropicUsage = AnthropicUsage()
  /// How pieces of visible and of reasoning output are put together, where a service may repeat what it sent.
  package var textMerge = TextMerge()
  package var reasoningMerge = TextMerge()

  /// Nothing read yet.
  public init() {}
}

/// Token counts of one response. A count is nil when it is not known, never 0 for that reason.
public struct TokenUsage: Sendable, Hashable {
  /// Tokens of the prompt, cached ones included.
  public var input: Int?
  /// Tokens generated, reasoning included.
  public var output: Int?
  /// Reasoning tokens, a part of `output`. A hint: some servers report 0 for an answer that is all reasoning.
  public var reasoning: Int?
  /// Tokens of the prompt that were found in the server's cache, a part of `input`.
  public var cached: Int?

  /// Counts; nil where unknown.
  public init(input: Int? = nil, output: Int? = nil, reasoning: Int? = nil, cached: Int? = nil) {
    self.input = input
    self.output = output
    self.reasoning = reasoning
    self.cached = cached
  }
}

/// An error that the service reported in its own words.
public struct ServiceError: Sendable, Hashable {
  /// The service's text, one line where possible.
  public var message: String
  /// The status that the service gives inside the response, where it does.
  public var status: Int?

  /// An error in the service's words.
  public init(message: String, status: Int? = nil) {
    self.message = message
    self.status = status
  }
}

/// What one event of a stream meant. An event can be several things at once.
public struct EventMeaning: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Carries visible output: text, a refusal, a tool call's name or arguments, audio.
  public static let output = EventMeaning(rawValue: 1)
  /// Carries reasoning output.
  public static let reasoning = EventMeaning(rawValue: 2)
  /// The original tool could read it: `choices[0].delta.content` is a string, empty or not.
  public static let classic = EventMeaning(rawValue: 4)
  /// Carries an error.
  public static let error = EventMeaning(rawValue: 8)
  /// Ends the stream by the protocol's own sign.
  public static let end = EventMeaning(rawValue: 16)
  /// Counts in its `data` are not the service's: `[DONE]`, which is no message of its own.
  public static let sentinel = EventMeaning(rawValue: 32)

  /// Nothing of the above: roles, ids, pings, usage.
  public static let bookkeeping: EventMeaning = []

  /// Whether the event carries generated output of any kind, and so counts for the first token.
  public var isTokenEvent: Bool { !isDisjoint(with: [.output, .reasoning]) }
}
