/// How many of the successes have a count of their tokens, and what a report does about the others.
package struct TokenCoverage {
  private let summary: RunSummary

  package init(_ summary: RunSummary) {
    self.summary = summary
  }

  /// One sentence; nil when every success has a count, or none has.
  package var sentence: String? {
    let successes = summary.counts.succeeded
    let isTokenizer = summary.tokens.source == .tokenizer
    let counted = isTokenizer ? summary.tokens.requestsWithTokenizerCount : summary.tokens.requestsWithUsage
    let missing = successes - counted
    guard missing > 0, counted > 0 else { return nil }
    let counter = isTokenizer ? "our tokenizer" : "the service"
    let seen = "\(missing) of \(successes) successes have no token count by \(counter)"
    return switch summary.tokens.source {
    case .none: "\(seen), so numbers of tokens are left out; --tokenizer-path counts every answer"
    case .usage:
      "\(seen): means and percentiles are of the others, sums and throughput are left out; "
        + "--tokenizer-path counts every answer"
    case .tokenizer: "\(seen): means and percentiles are of the others, sums and throughput are left out"
    }
  }
}
