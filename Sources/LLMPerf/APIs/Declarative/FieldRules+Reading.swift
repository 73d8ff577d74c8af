/// Fills a reading with what the rules find.
extension FieldRules {
  /// Reads one event or answer.
  ///
  /// - Returns: What it meant; nil when `data` is not JSON, and nothing was read.
  func read(
    _ data: ArraySlice<UInt8>, type: ArraySlice<UInt8>, isCumulative: Bool, into reading: inout ResponseReading
  ) -> EventMeaning? {
    data.withUnsafeBufferPointer { bytes in
      guard let findings = try? find(in: bytes, type: type) else { return nil }
      var pass = Pass(bytes: bytes, data: data, rules: self, isCumulative: isCumulative)
      for (rule, range) in findings.values { pass.take(rule, range, into: &reading) }
      for rule in findings.events { pass.take(rule, into: &reading) }
      pass.finish(&reading)
      return pass.meaning
    }
  }

  /// One event or answer being read.
  private struct Pass {
    let bytes: UnsafeBufferPointer<UInt8>
    let data: ArraySlice<UInt8>
    let rules: FieldRules
    let isCumulative: Bool
    var meaning: EventMeaning = .bookkeeping
    private var sums: [FieldRule.Meaning: StatedCount] = [:]
    /// The one string of output, and whether there was nothing else: what `EventShape` may vary.
    private var output: Range<Int>?
    private var others = 0

    init(bytes: UnsafeBufferPointer<UInt8>, data: ArraySlice<UInt8>, rules: FieldRules, isCumulative: Bool) {
      self.bytes = bytes
      self.data = data
      self.rules = rules
      self.isCumulative = isCumulative
    }

    mutating func take(_ rule: FieldRule, _ range: Range<Int>, into reading: inout ResponseReading) {
      switch rule.meaning {
      case .text: takeText(.output, range, into: &reading)
      case .reasoning: takeText(.reasoning, range, into: &reading)
      case .tools:
        guard let inside = string(range), !inside.isEmpty else { return }
        others += 1
        JSONString.decode(UnsafeBufferPointer(rebasing: bytes[inside]), into: &reading.toolCalls)
        meaning.formUnion([.output, .toolCall])
      case .inputTokens, .outputTokens, .reasoningTokens, .cachedTokens: takeCount(rule, range, into: &reading.usage)
      case .inputs:
        if let elements = value(range)?.arrayValue { reading.inputCount = elements.count }
      case .finish: takeReason(range, into: &reading)
      case .error:
        guard let value = value(range), rule.isMet(by: value), rule.equals != nil || !value.saysNothing else { return }
        fail(ServiceError(openAI: value), &reading)
      case .end:
        if rule.isMet(by: value(range)) { end(&reading) }
      case .type: break
      }
    }

    /// Takes what the event's type alone says.
    mutating func take(_ rule: FieldRule, into reading: inout ResponseReading) {
      if rule.meaning == .end { end(&reading) }
      guard rule.meaning == .error else { return }
      others += 1
      meaning.formUnion(reading.fail(data))
    }

    /// Ends the pass: files sums, and remembers an event that brought one string and nothing else.
    mutating func finish(_ reading: inout ResponseReading) {
      for (target, sum) in sums { Self.take(sum, target, &reading.usage) }
      let isPlain = meaning == .output || meaning == .reasoning
      if let output, others == 0, isPlain, rules.dataDecides, !isCumulative {
        reading.remember(EventShape(data: data, string: output, meaning: meaning))
      }
    }

    private mutating func takeText(_ kind: EventMeaning, _ range: Range<Int>, into reading: inout ResponseReading) {
      guard let inside = string(range) else { return }
      if output != nil { others += 1 }
      output = inside
      let piece = UnsafeBufferPointer(rebasing: bytes[inside])
      guard isCumulative else {
        meaning.formUnion(reading.append(piece, kind))
        return
      }
      var text: [UInt8] = []
      JSONString.decode(piece, into: &text)
      let isNew =
        kind == .output
        ? reading.textMerge.add(text, to: &reading.text, askedIncremental: false)
        : reading.reasoningMerge.add(text, to: &reading.reasoning, askedIncremental: false)
      if isNew { meaning.insert(kind) }
    }

    private mutating func takeCount(_ rule: FieldRule, _ range: Range<Int>, into usage: inout TokenUsage) {
      let count = StatedCount(value(range))
      guard count != .absent else { return }
      others += 1
      if rule.isSummand {
        sums[rule.meaning] = (sums[rule.meaning] ?? .absent) + count
      } else {
        Self.take(count, rule.meaning, &usage)
      }
    }

    private static func take(_ count: StatedCount, _ meaning: FieldRule.Meaning, _ usage: inout TokenUsage) {
      var stated = StatedUsage()
      switch meaning {
      case .inputTokens: stated.input = count
      case .outputTokens: stated.output = count
      case .reasoningTokens: stated.reasoning = count
      case .cachedTokens: stated.cached = count
      default: break
      }
      usage.take(stated)
    }

    private mutating func takeReason(_ range: Range<Int>, into reading: inout ResponseReading) {
      guard let reason = value(range)?.stringValue, !rules.ignoredReasons.contains(reason), FinishReason.isEnd(reason)
      else { return }
      others += 1
      reading.finishReason = reason
      if FinishReason.isFailure(reason) || rules.failedReasons.contains(reason) {
        fail(ServiceError(message: "the answer ended with the finish reason \(reason)"), &reading)
      }
    }

    private mutating func fail(_ error: ServiceError?, _ reading: inout ResponseReading) {
      others += 1
      meaning.insert(.error)
      if reading.error == nil { reading.error = error }
    }

    private mutating func end(_ reading: inout ResponseReading) {
      others += 1
      meaning.insert(.end)
      reading.sawEnd = true
      reading.endIsProof = true
    }

    private func string(_ range: Range<Int>) -> Range<Int>? {
      bytes[range.lowerBound] == UInt8(ascii: "\"") ? range.inside : nil
    }

    private func value(_ range: Range<Int>) -> JSON? { try? JSON(parsing: bytes[range]) }
  }
}

extension FieldRule {
  /// Whether `value` is one that this rule asks for.
  fileprivate func isMet(by value: JSON?) -> Bool {
    guard let value else { return false }
    return equals.map { $0 == value } ?? (value != .null && value != .bool(false))
  }
}
