/// Token counts of Anthropic's Messages, field by field: cached tokens are not part of `input_tokens` there, and the
/// fields come in different events.
package struct AnthropicUsage: Sendable, Hashable {
  private var input = StatedCount.absent
  private var cacheRead = StatedCount.absent
  private var cacheCreation = StatedCount.absent

  package init() {}

  /// Reads a `usage` object; each field that is not null replaces the one before.
  ///
  /// - Parameter isProvisional: Whether it stands at a stream's beginning, where the count of output is not yet one.
  package mutating func read(_ json: JSON, isProvisional: Bool = false, into usage: inout TokenUsage) {
    var stated = StatedUsage(json)
    input = StatedCount(json["input_tokens"]).or(input)
    cacheRead = StatedCount(json["cache_read_input_tokens"]).or(cacheRead)
    cacheCreation = StatedCount(json["cache_creation_input_tokens"]).or(cacheCreation)
    if input != .absent { stated.input = input + cacheRead + cacheCreation }
    stated.cached = cacheRead
    if isProvisional { stated.output = .absent }
    usage.take(stated)
  }
}

extension ResponseReading {
  /// Reads a `usage` object of Anthropic's.
  mutating func read(_ usage: JSON, isProvisional: Bool = false) {
    withState(AnthropicUsage()) { counts, reading in
      counts.read(usage, isProvisional: isProvisional, into: &reading.usage)
    }
  }
}
