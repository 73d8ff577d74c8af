/// Sums the token counts of successes, by the service and by our tokenizer, and decides which of them the run goes by.
struct TokenTally {
  /// A sum over the requests that have a count.
  private struct Sum {
    var total = 0
    var requests = 0

    mutating func add(_ count: Int?) {
      guard let count else { return }
      total.addClamped(count)
      requests += 1
    }

    var value: Int? { requests == 0 ? nil : total }
  }

  private var successes = 0
  private var usageInput = Sum()
  private var usageOutput = Sum()
  private var countedInput = Sum()
  private var countedOutput = Sum()
  private var reasoning = Sum()
  private var cached = Sum()
  /// Output of the requests that have both counts.
  private var usageOfBoth = Sum()
  private var countedOfBoth = Sum()

  mutating func note(_ record: RequestRecord) {
    successes += 1
    usageInput.add(record.usage.input)
    usageOutput.add(record.usage.output)
    countedInput.add(record.counted.input)
    countedOutput.add(record.counted.output)
    reasoning.add(record.usage.reasoning)
    cached.add(record.usage.cached)
    if let usage = record.usage.output, let counted = record.counted.output {
      usageOfBoth.add(usage)
      countedOfBoth.add(counted)
    }
  }

  /// `usage` if every success had it, else the tokenizer if it counted every one, else none. Where no success has output
  /// tokens, as with embeddings, the tokens of the prompts decide.
  var source: TokenSource {
    guard successes > 0 else { return .none }
    if usageOutput.requests == successes { return .usage }
    if countedOutput.requests == successes { return .tokenizer }
    guard usageOutput.requests + countedOutput.requests == 0 else { return .none }
    if usageInput.requests == successes { return .usage }
    return countedInput.requests == successes ? .tokenizer : .none
  }

  func write(to summary: inout RunSummary) {
    let source = source
    summary.tokenSource = source
    summary.usageInputTokens = usageInput.value
    summary.usageOutputTokens = usageOutput.value
    summary.countedInputTokens = countedInput.value
    summary.countedOutputTokens = countedOutput.value
    summary.totalReasoningTokens = reasoning.value
    summary.totalCachedTokens = cached.value
    // A sum over some of the requests only is no total.
    let input = source == .usage ? usageInput : countedInput
    let output = source == .usage ? usageOutput : countedOutput
    summary.totalInputTokens = source != .none && input.requests == successes ? input.total : nil
    summary.totalOutputTokens = source != .none && output.requests == successes ? output.total : nil
    summary.requestsWithBothCounts = usageOfBoth.requests
    if usageOfBoth.total > 0 {
      summary.tokenDisagreement = Double(abs(usageOfBoth.total - countedOfBoth.total)) / Double(usageOfBoth.total)
    }
  }
}
