/// A number of tokens as a service states it, on its way in: the one place where foreign counts are judged.
package enum StatedCount: Sendable, Hashable {
  /// Nothing is stated: no such member, null, or an empty string.
  case absent
  /// A whole number from 0 to `TokenUsage.largestCount`, as a number or as a string.
  case count(Int)
  /// Something that can be no count: negative, a fraction, too large, no number at all.
  case refused

  /// The count that a number stands for; nil for a number that is not whole, or beyond 64 bits.
  package init(_ number: Int?) {
    if let number, 0...TokenUsage.largestCount ~= number { self = .count(number) } else { self = .refused }
  }

  /// The count that a member's value states.
  package init(_ value: JSON?) {
    switch value {
    case nil, .null: self = .absent
    case .number: self.init(value?.intValue)
    case .string(let text): self.init(text: text)
    case .bool, .array, .object: self = .refused
    }
  }

  init(text: String) {
    if text.isEmpty { self = .absent } else { self.init(JSON.number(text).intValue) }
  }

  /// This count, or else what `other` states.
  func or(_ other: StatedCount) -> StatedCount { self == .absent ? other : self }

  /// The sum of counts that are stated apart; what cannot be added up is no count.
  static func + (lhs: StatedCount, rhs: StatedCount) -> StatedCount {
    switch (lhs, rhs) {
    case (.absent, let other), (let other, .absent): other
    case (.count(let left), .count(let right)): StatedCount(left + right)
    case (.refused, _), (_, .refused): .refused
    }
  }
}

/// The counts that one `usage` object states, in whatever names.
///
/// Services that speak one protocol mostly borrow the names of others too. Where an object has several names for one
/// count, OpenAI's older ones (`prompt_tokens`) go before the rest, and those before what lies in an object inside.
package struct StatedUsage: Sendable, Hashable {
  package var input = StatedCount.absent
  package var output = StatedCount.absent
  package var reasoning = StatedCount.absent
  package var cached = StatedCount.absent

  package init() {}

  /// What `json` states; nothing when it is no object.
  package init(_ json: JSON?) {
    guard let json, json.members != nil else { return }
    let stated = json.utf8().withUnsafeBufferPointer { bytes -> StatedUsage? in
      var scanner = JSONScanner(bytes)
      return try? scanner.statedUsage()
    }
    self = stated ?? self
  }

  /// Takes over what is not stated here from `other`.
  mutating func complete(from other: StatedUsage) {
    input = input.or(other.input)
    output = output.or(other.output)
    reasoning = reasoning.or(other.reasoning)
    cached = cached.or(other.cached)
  }
}

extension JSONScanner {
  /// Reads the `usage` object at the cursor; nil, and the value skipped, when it is none.
  package mutating func statedUsage() throws(JSON.ParseError) -> StatedUsage? {
    guard try kind() == .object else {
      try skip()
      return nil
    }
    var stated = StatedUsage()
    var otherNames = StatedUsage()
    var inside = StatedUsage()
    try enterObject()
    while try nextKey() {
      if keyIs("prompt_tokens") {
        stated.input = try statedCount()
      } else if keyIs("completion_tokens") {
        stated.output = try statedCount()
      } else if isInputName {
        otherNames.input = try statedCount()
      } else if isOutputName {
        otherNames.output = try statedCount()
      } else if keyIs("reasoning_tokens") || keyIs("thoughtsTokenCount") {
        otherNames.reasoning = try statedCount()
      } else if isCachedName {
        otherNames.cached = try statedCount()
      } else if isDetailsName {
        stated.complete(from: try statedDetails())
      } else if try kind() == .object {
        inside.complete(from: try statedUsage() ?? StatedUsage())
      } else {
        try skip()
      }
    }
    stated.complete(from: otherNames)
    stated.complete(from: inside)
    return stated
  }

  /// The number of tokens at the cursor.
  package mutating func statedCount() throws(JSON.ParseError) -> StatedCount {
    switch try kind() {
    case .number: return StatedCount(try intIfPresent())
    case .string: return StatedCount(text: try string())
    case .null:
      try skip()
      return .absent
    case .object, .array, .true, .false:
      try skip()
      return .refused
    }
  }

  /// Parts of counts: only those that mean one thing wherever they stand.
  private mutating func statedDetails() throws(JSON.ParseError) -> StatedUsage {
    var stated = StatedUsage()
    guard try kind() == .object else {
      try skip()
      return stated
    }
    try enterObject()
    while try nextKey() {
      if keyIs("reasoning_tokens") {
        stated.reasoning = try statedCount()
      } else if keyIs("cached_tokens") {
        stated.cached = try statedCount()
      } else {
        try skip()
      }
    }
    return stated
  }

  private var isInputName: Bool {
    keyIs("input_tokens") || keyIs("promptTokens") || keyIs("inputTokens") || keyIs("promptTokenCount")
      || keyIs("inputTokenCount") || keyIs("prompt_token_count") || keyIs("input_token_count")
  }

  private var isOutputName: Bool {
    keyIs("output_tokens") || keyIs("completionTokens") || keyIs("outputTokens") || keyIs("candidatesTokenCount")
      || keyIs("outputTokenCount") || keyIs("completion_token_count") || keyIs("output_token_count")
      || keyIs("generated_tokens") || keyIs("generated_token_count")
  }

  private var isCachedName: Bool {
    keyIs("cached_tokens") || keyIs("prompt_cache_hit_tokens") || keyIs("cache_read_input_tokens")
      || keyIs("cachedContentTokenCount")
  }

  private var isDetailsName: Bool {
    keyIs("completion_tokens_details") || keyIs("prompt_tokens_details") || keyIs("output_tokens_details")
      || keyIs("input_tokens_details")
  }
}
