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
  /// Why generation ended (`stop`, `length`, …); nil until the server says so. Words that say that it has not (`""`,
  /// `null`) are not taken, and such that say that it broke off (`abort`, `error`) make the request a failure.
  public var finishReason: String? {
    didSet { if let finishReason, !FinishReason.isEnd(finishReason) { self.finishReason = oldValue } }
  }
  /// An error inside a response whose status promised an answer, or the text of a failed one.
  public var error: ServiceError?
  /// The protocol's own end was seen: `[DONE]`, `message_stop`, `response.completed` …
  public var sawEnd = false
  /// The protocol's own end means success even without output or finish reason. `[DONE]` alone does not.
  public var endIsProof = false
  /// The first bytes that should have been JSON and were not.
  public var malformed: ArraySlice<UInt8>?
  /// Inputs handled, for services that have no token stream (embeddings, rerank).
  public var inputCount: Int?
  /// Which choices have begun and ended, where the protocol tells them apart.
  package var choices = ChoiceEnds()
  /// How many choices the request asked for, where the protocol knows.
  package var choicesAsked = 1
  /// Strings of members that the protocol does not know: the output, should there be no other.
  package var foreignText: [UInt8] = []
  /// What was noticed on the way.
  package var remarks: ReadingRemarks = []
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

/// What one event of a stream meant. An event can be several things at once.
public struct EventMeaning: OptionSet, Sendable, Hashable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

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

  /// Brings strings in members that the protocol does not know.
  package static let foreign = EventMeaning(rawValue: 64)

  /// Carries a fragment of a tool call, its name or arguments; such an event is `.output` as well.
  public static let toolCall = EventMeaning(rawValue: 128)
  /// Has choices, and no output in any of them: a role, a finish reason, an empty piece of text.
  public static let choices = EventMeaning(rawValue: 256)
  /// Brings token counts, and has no choices.
  public static let usage = EventMeaning(rawValue: 512)

  /// Nothing of the above: ids, pings, and what a protocol without choices says beside its output.
  public static let bookkeeping: EventMeaning = []

  /// Whether the event carries generated output of any kind, and so counts for the first token.
  public var isTokenEvent: Bool { !isDisjoint(with: [.output, .reasoning]) }
}
