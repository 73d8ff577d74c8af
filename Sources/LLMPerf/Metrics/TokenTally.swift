/// Sums the token counts of successes, by the service and by our tokenizer, and decides which of them the run goes by.
struct TokenTally {
  /// With fewer of the successes counted than this, the others could change every number of tokens.
  static let fewestCounted = 0.9

  /// A sum over the requests that have a count.
  private struct Sum {
    var tokens = CountSum()
    var requests = 0

    mutating func add(_ count: Int?) {
      guard let count else { return }
      tokens.add(count)
      requests += 1
    }

    var value: Int? { requests == 0 ? nil : tokens.total }
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

  /// `usage` if every success had it, else the tokenizer if it counted every one, else whichever of them counted most of
  /// the successes, else none. Where no success has output tokens, as with embeddings, the tokens of the prompts decide.
  var source: TokenSource {
    guard successes > 0 else { return .none }
    let (usage, counted) = deciding
    if usage.requests == successes { return .usage }
    if counted.requests == successes { return .tokenizer }
    let better: TokenSource = usage.requests >= counted.requests ? .usage : .tokenizer
    return Double(max(usage.requests, counted.requests)) >= Self.fewestCounted * Double(successes) ? better : .none
  }

  /// The sums that decide, by the service and by our tokenizer.
  private var deciding: (usage: Sum, counted: Sum) {
    let hasOutput = usageOutput.requests + countedOutput.requests > 0
    return hasOutput ? (usageOutput, countedOutput) : (usageInput, countedInput)
  }

  /// The sums, with totals by the count that `source` names.
  func numbers(by source: TokenSource) -> TokenNumbers {
    var numbers = TokenNumbers()
    numbers.source = source
    numbers.usageInput = usageInput.value
    numbers.usageOutput = usageOutput.value
    numbers.countedInput = countedInput.value
    numbers.countedOutput = countedOutput.value
    numbers.totalReasoning = reasoning.value
    numbers.totalCached = cached.value
    // A sum over some of the requests only is no total.
    let input = source == .usage ? usageInput : countedInput
    let output = source == .usage ? usageOutput : countedOutput
    numbers.totalInput = source != .none && input.requests == successes ? input.value : nil
    numbers.totalOutput = source != .none && output.requests == successes ? output.value : nil
    numbers.requestsWithUsage = deciding.usage.requests
    numbers.requestsWithTokenizerCount = deciding.counted.requests
    numbers.requestsWithBothCounts = usageOfBoth.requests
    let (usage, counted) = (usageOfBoth.tokens.approximate, countedOfBoth.tokens.approximate)
    if usage > 0 { numbers.disagreement = abs(usage - counted) / usage }
    return numbers
  }
}
