extension RequestRecord {
  /// What was planned for the request, and what is known of its prompt.
  public var origin: RequestOrigin {
    get { sharedOrigin.value }
    set { sharedOrigin = Shared(newValue) }
  }

  /// The request's place in the schedule, from 0.
  public var index: Int {
    get { sharedOrigin.value.index }
    set { origin.index = newValue }
  }

  /// Whether the request counts, or only warms the service up.
  public var phase: RunPhase {
    get { sharedOrigin.value.phase }
    set { origin.phase = newValue }
  }

  /// The prompt's length in Unicode scalars.
  public var promptLength: Int {
    get { sharedOrigin.value.promptLength }
    set { origin.promptLength = newValue }
  }

  /// A hash of the prompt's bytes, to notice prompts that repeat.
  public var promptHash: UInt64 {
    get { sharedOrigin.value.promptHash }
    set { origin.promptHash = newValue }
  }

  /// A hash of the prompt's first kilobyte, to notice prompts that begin alike; 0 for a prompt that has no more than that.
  public var promptPrefixHash: UInt64 {
    get { sharedOrigin.value.promptPrefixHash }
    set { origin.promptPrefixHash = newValue }
  }

  /// Token counts of prompt and output by our own tokenizer.
  public var counted: TokenUsage {
    get { TokenUsage(input: sharedOrigin.value.promptTokens, output: countedOutput) }
    set {
      countedOutput = newValue.output
      if newValue.input != sharedOrigin.value.promptTokens { origin.promptTokens = newValue.input }
    }
  }
}
