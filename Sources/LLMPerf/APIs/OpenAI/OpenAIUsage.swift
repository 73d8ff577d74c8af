/// Token counts in the form that OpenAI's chat and text completions give them, and those who follow.
package enum OpenAIUsage {
  /// Reads the `usage` at the cursor; each field that is not null replaces the one before. False when it held none.
  package static func read(
    _ scanner: inout JSONScanner, into usage: inout TokenUsage
  ) throws(JSON.ParseError) -> Bool {
    guard try scanner.kind() == .object else {
      try scanner.skip()
      return false
    }
    read(try scanner.value(), into: &usage)
    return true
  }

  /// Reads a `usage` object; each field that is not null replaces the one before.
  package static func read(_ json: JSON, into usage: inout TokenUsage) {
    usage.input = json["prompt_tokens"]?.intValue ?? usage.input
    usage.output = json["completion_tokens"]?.intValue ?? usage.output
    usage.reasoning = json["completion_tokens_details"]?["reasoning_tokens"]?.intValue ?? usage.reasoning
    usage.cached = json["prompt_tokens_details"]?["cached_tokens"]?.intValue ?? usage.cached
  }
}
