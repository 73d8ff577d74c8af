/// The prompts of a run in order: one prompt again and again, or a data set, repeated until enough were taken.
package struct PromptSource {
  /// Which prompts of a data set are used.
  package struct Limits: Sendable {
    /// Prompts pass when they are longer than `minimum` and shorter than `maximum` Unicode scalars.
    package var minimum: Int
    package var maximum: Int
    /// The same in tokens, with the count that decides; nil: not asked for.
    package var tokens: (minimum: Int, maximum: Int, count: @Sendable ([UInt8]) -> Int)?

    package init(
      minimum: Int = 0, maximum: Int = .max,
      tokens: (minimum: Int, maximum: Int, count: @Sendable ([UInt8]) -> Int)? = nil
    ) {
      self.minimum = minimum
      self.maximum = maximum
      self.tokens = tokens
    }

    fileprivate func allow(_ prompt: Prompt) -> Bool {
      let length = prompt.scalarCount
      guard length > minimum, length < maximum else { return false }
      guard let tokens else { return true }
      let count = tokens.count(prompt.bytes)
      return count > tokens.minimum && count < tokens.maximum
    }

    fileprivate var options: String {
      let lengths = "--min-prompt-length and --max-prompt-length"
      return tokens == nil ? lengths : "--min-prompt-tokens and --max-prompt-tokens, \(lengths)"
    }

    fileprivate var description: String {
      let characters = maximum == .max ? "more than \(minimum)" : "between \(minimum) and \(maximum)"
      guard let tokens else { return "\(characters) characters" }
      let limit =
        tokens.maximum == .max ? "more than \(tokens.minimum)" : "between \(tokens.minimum) and \(tokens.maximum)"
      return "\(characters) characters and \(limit) tokens"
    }
  }

  private enum Origin {
    case single(Prompt)
    case dataset(any DatasetPlugin, Limits)
  }

  private let origin: Origin
  private let number: Int?
  private var reader: (any PromptReader)?
  /// Prompts that were read before they were asked for.
  private var ahead: ArraySlice<Prompt> = []
  private var taken = 0
  private var takenInPass = 0
  /// Whether the data set has been begun again, so that prompts repeat.
  package private(set) var hasRepeated = false
  /// Prompts that the limits kept out.
  package private(set) var skipped = 0

  /// `prompt`, `number` times.
  package init(repeating prompt: Prompt, number: Int) {
    origin = .single(prompt)
    self.number = number
  }

  /// The prompts of `dataset` that `limits` allow, `number` of them; nil: one pass.
  package init(_ dataset: any DatasetPlugin, limits: Limits, number: Int?) {
    origin = .dataset(dataset, limits)
    self.number = number
  }

  /// Whether prompts come without end.
  package var isEndless: Bool { number == .max }

  /// Whether mistakes in the data are worth looking for before the run starts.
  package var checksAhead: Bool {
    if case .dataset(let dataset, _) = origin { dataset.checksAhead } else { false }
  }

  /// Prompts that are looked at before anything is sent, where they may be malformed, and their bytes at most.
  private static let mostAhead = (count: 4096, bytes: 8 << 20)

  /// Reads the first prompts and keeps them for `next()`, so that mistakes show before anything is sent: one prompt, or
  /// a good many where they may be malformed.
  ///
  /// - Throws: as `next()`.
  package mutating func readAhead() throws {
    var read: [Prompt] = []
    var bytes = 0
    repeat {
      guard let prompt = try readNext() else { break }
      read.append(prompt)
      bytes += prompt.bytes.count
    } while checksAhead && read.count < Self.mostAhead.count && bytes < Self.mostAhead.bytes
    ahead = read[...]
  }

  /// The next prompt, or nil when there have been enough.
  ///
  /// - Throws: `UsageError` for data that is malformed, or of which no prompt passes the limits.
  package mutating func next() throws -> Prompt? {
    if let prompt = ahead.popFirst() { return prompt }
    return try readNext()
  }

  private mutating func readNext() throws -> Prompt? {
    if let number, taken >= number { return nil }
    guard case .dataset(let dataset, let limits) = origin else {
      taken += 1
      if case .single(let prompt) = origin { return prompt }
      return nil
    }
    while true {
      if reader == nil { reader = try dataset.makeReader() }
      while let prompt = try reader?.next() {
        guard limits.allow(prompt) else {
          skipped += 1
          continue
        }
        taken += 1
        takenInPass += 1
        return prompt
      }
      guard takenInPass > 0 else {
        let all = skipped == 0 ? "holds no prompt" : "holds \(skipped) prompts and none of \(limits.description)"
        throw UsageError("the data set \(all); change \(limits.options), or the file")
      }
      guard number != nil else { return nil }
      (reader, takenInPass, hasRepeated) = (nil, 0, true)
    }
  }
}
