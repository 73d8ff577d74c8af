/// One thing that is done to a text before it is split.
enum NormalizationStep: Sendable {
  case form(NormalizationForm)
  case lowercase
  case strip(left: Bool, right: Bool)
  /// Drops the scalars of one class and turns those of another into spaces.
  case map(removed: ScalarClasses, toSpace: ScalarClasses)
  /// Puts a space on both sides of each Chinese character.
  case padChinese
  case replaceBytes([UInt8], with: [UInt8])
  case replaceMatches(SplitPattern, with: [UInt8])
  case prepend([UInt8])
  case byteStandIns
  case characterMap(CharacterMap)
}

/// What normalization writes on, kept from text to text.
struct NormalizationScratch: ~Copyable {
  var first = GrowableBuffer<UInt8>(capacity: 4096)
  var second = GrowableBuffer<UInt8>(capacity: 4096)
  var entries = GrowableBuffer<UInt64>()
  var matching = PatternScratch()
  /// Whether a step dropped the character that the text began with.
  var droppedStart = false
}

/// The steps of a `tokenizer.json` normalizer, sequences opened up.
struct Normalizer: Sendable {
  let steps: [NormalizationStep]

  /// The normalized text: `text` itself, or bytes in `scratch` that stay valid until its next use.
  func apply(
    _ text: UTF8Bytes, tables: UnicodeTables, scratch: inout NormalizationScratch
  ) throws(TokenizerError) -> UTF8Bytes {
    var current = text
    var writesFirst = true
    scratch.droppedStart = false
    for step in steps where !current.isEmpty {
      let changed: Bool
      if writesFirst {
        scratch.first.removeAll()
        changed = try step.apply(
          current, tables: tables, entries: &scratch.entries, matching: &scratch.matching,
          droppedStart: &scratch.droppedStart, into: &scratch.first)
        if changed { current = scratch.first.elements }
      } else {
        scratch.second.removeAll()
        changed = try step.apply(
          current, tables: tables, entries: &scratch.entries, matching: &scratch.matching,
          droppedStart: &scratch.droppedStart, into: &scratch.second)
        if changed { current = scratch.second.elements }
      }
      if changed { writesFirst.toggle() }
    }
    return current
  }

  /// The normalized form of a few bytes; for load time.
  func apply(_ bytes: [UInt8], tables: UnicodeTables) throws(TokenizerError) -> [UInt8] {
    var input = GrowableBuffer<UInt8>()
    input.append(bytes: bytes)
    var scratch = NormalizationScratch()
    return Array(try apply(input.elements, tables: tables, scratch: &scratch))
  }
}

extension NormalizationStep {
  /// Writes the changed text to `output`, which is empty.
  ///
  /// - Returns: whether anything changed; if not, `output` means nothing.
  fileprivate func apply(
    _ text: UTF8Bytes, tables: UnicodeTables, entries: inout GrowableBuffer<UInt64>,
    matching: inout PatternScratch, droppedStart: inout Bool, into output: inout GrowableBuffer<UInt8>
  ) throws(TokenizerError) -> Bool {
    switch self {
    case .form(let form):
      return form.apply(text, tables: tables, scratch: &entries, into: &output)
    case .lowercase:
      Lowercasing.apply(text, tables: tables, into: &output)
      return true
    case .strip(let left, let right):
      let kept = Stripping.apply(text, left: left, right: right, tables: tables)
      if kept.lowerBound > 0 { droppedStart = true }
      output.append(contentsOf: text.slice(kept.lowerBound, kept.upperBound))
      return kept.count != text.count
    case .map(let removed, let toSpace):
      return ScalarMap(removed: removed, toSpace: toSpace)
        .apply(text, tables: tables, droppedStart: &droppedStart, into: &output)
    case .padChinese:
      return ScalarMap.padChinese(text, tables: tables, into: &output)
    case .replaceBytes(let pattern, let replacement):
      return Replacement.apply(text, pattern, replacement, droppedStart: &droppedStart, into: &output)
    case .replaceMatches(let pattern, let replacement):
      matching.matches.removeAll()
      try pattern.appendMatches(in: text, tables: tables, scratch: &matching)
      return Replacement.apply(
        text, matches: matching.matches.elements, replacement, droppedStart: &droppedStart, into: &output)
    case .prepend(let prefix):
      output.append(bytes: prefix)
      output.append(contentsOf: text)
      return true
    case .byteStandIns:
      ByteStandIns.shared.append(text, to: &output)
      return true
    case .characterMap(let map):
      return map.applyByCluster(text, tables: tables, droppedStart: &droppedStart, into: &output)
    }
  }
}
