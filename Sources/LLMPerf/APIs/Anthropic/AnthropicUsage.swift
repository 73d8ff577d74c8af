/// Token counts of Anthropic's Messages, field by field: cached tokens are not part of `input_tokens` there, and the
/// fields come in different events.
package struct AnthropicUsage: Sendable, Hashable {
  private var input: Int?
  private var cacheRead: Int?
  private var cacheCreation: Int?

  package init() {}

  /// Reads a `usage` object; each field that is not null replaces the one before.
  package mutating func read(_ json: JSON, into usage: inout TokenUsage) {
    input = json["input_tokens"]?.intValue ?? input
    cacheRead = json["cache_read_input_tokens"]?.intValue ?? cacheRead
    cacheCreation = json["cache_creation_input_tokens"]?.intValue ?? cacheCreation
    if let input { usage.input = input + (cacheRead ?? 0) + (cacheCreation ?? 0) }
    usage.output = json["output_tokens"]?.intValue ?? usage.output
    usage.reasoning = json["output_tokens_details"]?["reasoning_tokens"]?.intValue ?? usage.reasoning
    usage.cached = cacheRead ?? usage.cached
  }
}
