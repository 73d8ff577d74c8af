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
  /// How many bytes the normalized text begins with that come from the text's first character; 0 if it was dropped.
  var originEnd = 0
  fileprivate var origin = GrowableBuffer<UInt8>(capacity: 64)
}

/// The steps of a `tokenizer.json` normalizer, sequences opened up.
struct Normalizer: Sendable {
  let steps: [NormalizationStep]

  /// The normalized text: `text` itself, or bytes in `scratch` that stay valid until its next use.
  ///
  /// - Parameter tracksOrigin: whether to find out `scratch.originEnd`.
  func apply(
    _ text: UTF8Bytes, tracksOrigin: Bool, tables: UnicodeTables, scratch: inout NormalizationScratch
  ) throws(TokenizerError) -> UTF8Bytes {
    var current = text
    var writesFirst = true
    scratch.originEnd = text.first.map { scalarLength(firstByte: $0) } ?? 0
    for step in steps where !current.isEmpty {
      let changed: Bool
      let result: UTF8Bytes
      if writesFirst {
        scratch.first.removeAll()
        changed = try step.apply(
          current, tables: tables, entries: &scratch.entries, matching: &scratch.matching, into: &scratch.first)
        result = scratch.first.elements
      } else {
        scratch.second.removeAll()
        changed = try step.apply(
          current, tables: tables, entries: &scratch.entries, matching: &scratch.matching, into: &scratch.second)
        result = scratch.second.elements
      }
      guard changed else { continue }
      if tracksOrigin { scratch.originEnd = try step.originEnd(in: result, of: current, tables: tables, &scratch) }
      current = result
      writesFirst.toggle()
    }
    return current
  }

  /// The normalized form of a few bytes; for load time.
  func apply(_ bytes: [UInt8], tables: UnicodeTables) throws(TokenizerError) -> [UInt8] {
    var input = GrowableBuffer<UInt8>()
    input.append(bytes: bytes)
    var scratch = NormalizationScratch()
    return Array(try apply(input.elements, tracksOrigin: false, tables: tables, scratch: &scratch))
  }
}

extension NormalizationStep {
  /// Writes the changed text to `output`, which is empty.
  ///
  /// - Returns: whether anything changed; if not, `output` means nothing.
  fileprivate func apply(
    _ text: UTF8Bytes, tables: UnicodeTables, entries: inout GrowableBuffer<UInt64>,
    matching: inout PatternScratch, into output: inout GrowableBuffer<UInt8>
  ) throws(TokenizerError) -> Bool {
    switch self {
    case .form(let form):
      return form.apply(text, tables: tables, scratch: &entries, into: &output)
    case .lowercase:
      Lowercasing.apply(text, tables: tables, into: &output)
      return true
    case .strip(let left, let right):
      let kept = Stripping.apply(text, left: left, right: right, tables: tables)
      output.append(contentsOf: text.slice(kept.lowerBound, kept.upperBound))
      return kept.count != text.count
    case .map(let removed, let toSpace):
      return ScalarMap(removed: removed, toSpace: toSpace).apply(text, tables: tables, into: &output)
    case .padChinese:
      return ScalarMap.padChinese(text, tables: tables, into: &output)
    case .replaceBytes(let pattern, let replacement):
      return Replacement.apply(text, pattern, replacement, into: &output)
    case .replaceMatches(let pattern, let replacement):
      matching.matches.removeAll()
      try pattern.appendMatches(in: text, tables: tables, scratch: &matching)
      return Replacement.apply(text, matches: matching.matches.elements, replacement, into: &output)
    case .prepend(let prefix):
      output.append(bytes: prefix)
      output.append(contentsOf: text)
      return true
    case .byteStandIns:
      ByteStandIns.shared.append(text, to: &output)
      return true
    case .characterMap(let map):
      return map.applyByCluster(text, tables: tables, into: &output)
    }
  }
}

extension NormalizationStep {
  /// How many bytes at the beginning of `result` come from the character that the whole text began with, given that the
  /// first `scratch.originEnd` bytes of `text`, from which this step made it, do.
  ///
  /// A character that becomes several is the origin of all of them; what stands for several characters comes from the
  /// last of them.
  fileprivate func originEnd(
    in result: UTF8Bytes, of text: UTF8Bytes, tables: UnicodeTables, _ scratch: inout NormalizationScratch
  ) throws(TokenizerError) -> Int {
    let end = scratch.originEnd
    guard end > 0 else { return 0 }
    switch self {
    case .prepend(let prefix): return prefix.count + end
    case .strip(let left, _):
      return max(0, end - Stripping.apply(text, left: left, right: false, tables: tables).lowerBound)
    case .replaceBytes(let pattern, let replacement):
      scratch.matching.matches.removeAll()
      try SplitPattern.literal(pattern).appendMatches(
        in: text.slice(0, min(text.count, end + pattern.count)), tables: tables, scratch: &scratch.matching)
      return Replacement.originEnd(end, in: text, matches: scratch.matching.matches.elements, replacement)
    case .replaceMatches(_, let replacement):
      return Replacement.originEnd(end, in: text, matches: scratch.matching.matches.elements, replacement)
    case .form, .lowercase, .map, .padChinese, .byteStandIns, .characterMap:
      scratch.origin.removeAll()
      let changed = try apply(
        text.slice(0, end), tables: tables, entries: &scratch.entries, matching: &scratch.matching,
        into: &scratch.origin)
      guard changed else { return end }
      // The reference loses count where a character map drops the beginning: the next character takes its place.
      if case .characterMap = self, scratch.origin.isEmpty {
        return result.first.map { scalarLength(firstByte: $0) } ?? 0
      }
      return scratch.origin.count
    }
  }
}
