import ArgumentParser
import LLMPerf
import LLMPerfSQLite

/// When the tokens of answers are counted.
enum TokenCounting: String, ExpressibleByArgument, CaseIterable {
  /// While the run goes on, off the event loops.
  case during
  /// When the last answer has ended, for machines with few processors.
  case after
}

/// How tokens are counted.
struct TokenOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Model folder or tokenizer file (tokenizer.json, tokenizer.model, *.tiktoken, …) to count tokens with. Without it, the service's own counts are used.",
      valueName: "path"))
  var tokenizerPath: String?

  @Option(
    help: ArgumentHelp(
      "When --tokenizer-path counts the tokens of answers: during the run, or after it, which leaves the processors to the load. Default: during.",
      valueName: "when"))
  var countTokens: TokenCounting?

  @Option(help: ArgumentHelp("Use prompts of fewer tokens than this; needs --tokenizer-path.", valueName: "n"))
  var maxPromptTokens: Int?

  @Option(help: ArgumentHelp("Use prompts of more tokens than this; needs --tokenizer-path.", valueName: "n"))
  var minPromptTokens: Int?

  /// More than any prompt has.
  private static let mostTokens = 1_000_000_000_000

  /// Throws a usage error for values that make no sense.
  func check(saving bodies: SavedBodies, isSinglePrompt: Bool) throws {
    let limits = maxPromptTokens != nil || minPromptTokens != nil
    try require(
      tokenizerPath != nil || !limits,
      "--min-prompt-tokens and --max-prompt-tokens need --tokenizer-path: the tokens have to be counted before")
    try require(
      !(limits && isSinglePrompt), "--min-prompt-tokens and --max-prompt-tokens choose among a data set, not --prompt")
    try require(
      tokenizerPath != nil || countTokens == nil, "--count-tokens says when --tokenizer-path counts: give both")
    try require(
      countTokens != .after || bodies != .none,
      "--count-tokens after counts the answers that the database keeps: give --save full or text")
    try requireWhole(minPromptTokens, "--min-prompt-tokens", 0...Self.mostTokens)
    try requireWhole(maxPromptTokens, "--max-prompt-tokens", 1...Self.mostTokens)
    if let maxPromptTokens {
      try require(
        maxPromptTokens > (minPromptTokens ?? 0) + 1,
        "--max-prompt-tokens \(maxPromptTokens) with --min-prompt-tokens \(minPromptTokens ?? 0) lets no prompt through"
      )
    }
  }
}

extension TokenOptions {
  /// The options for all but the parser, in the order of the help.
  static let declared: [PerfOption] = [
    PerfOption("tokenizer-path") { .optional($0.tokens.tokenizerPath) },
    PerfOption("count-tokens") { .optional($0.tokens.countTokens?.rawValue) },
    PerfOption("max-prompt-tokens") { .optional($0.tokens.maxPromptTokens) },
    PerfOption("min-prompt-tokens") { .optional($0.tokens.minPromptTokens) },
  ]
}
