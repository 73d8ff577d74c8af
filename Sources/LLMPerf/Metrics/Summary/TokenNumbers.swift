/// Tokens of prompts and answers, over the successes.
public struct TokenNumbers: Sendable, Hashable {
  /// Where the headline's token counts come from.
  public var source = TokenSource.none
  /// Sums by the headline's source; nil when unknown.
  public var totalInput: Int?
  public var totalOutput: Int?
  public var totalReasoning: Int?
  public var totalCached: Int?
  /// The sums by the service and by our tokenizer, where they exist.
  public var usageInput: Int?
  public var usageOutput: Int?
  public var countedInput: Int?
  public var countedOutput: Int?
  /// `|Σ usage − Σ tokenizer| ÷ Σ usage` of output tokens, over successes that have both counts.
  public var disagreement: Double?
  /// How many successes have a count by the service, and by our tokenizer: of output, or of input where none has output.
  public var requestsWithUsage = 0
  public var requestsWithTokenizerCount = 0
  /// How many successes have both counts.
  public var requestsWithBothCounts = 0
  /// Tokens of each request by the headline's source.
  public var inputPerRequest = Distribution()
  public var outputPerRequest = Distribution()

  /// Nothing known.
  public init() {}
}

/// Events of answers, `[DONE]` left out, over the successes.
public struct EventNumbers: Sendable, Hashable {
  public var meanPerRequest: Double?
  /// Σ(last − first event with data) ÷ Σ(events − 1), in seconds.
  public var meanGap: Double?

  /// Nothing known.
  public init() {}
}

/// What the prompts were like.
public struct PromptNumbers: Sendable, Hashable {
  /// Share of requests whose prompt was sent before in this run; a lower bound beyond 1,048,576 different prompts.
  public var repeatedShare: Double?
  /// Share of requests whose prompt was new, but whose first 1,024 bytes were those of one sent before and not all of it; a
  /// lower bound beyond 65,536 different beginnings.
  public var sharedPrefixShare: Double?
  /// Mean length in Unicode scalars.
  public var meanLength: Double?

  /// Nothing known.
  public init() {}
}
