/// The pattern family of OpenAI's o200k, which Llama 4, MiniMax and Mistral's tekken follow: words are cut before an
/// upper-case letter that follows a lower-case one.
struct CasedWordScanner: PatternScanner {
  private static let upper: ScalarClasses = [.uppercase, .titlecase, .modifierLetter, .otherLetter, .mark]
  private static let lower: ScalarClasses = [.lowercase, .modifierLetter, .otherLetter, .mark]
  private static let notOther: ScalarClasses = [.letter, .number, .whiteSpace]

  private let steps: ScannerSteps
  private let digitsPerPiece: Int
  private let hasContractions: Bool

  init(tables: UnicodeTables, digitsPerPiece: Int = 3, hasContractions: Bool = true) {
    steps = ScannerSteps(tables: tables)
    self.digitsPerPiece = digitsPerPiece
    self.hasContractions = hasContractions
  }

  /// Nil unless `pattern` is of the family.
  init?(_ pattern: String, tables: UnicodeTables) {
    let prefix = #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    for (suffix, hasContractions) in [("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", true), ("", false)] {
      for (digits, count) in [("", 1), ("{1,3}", 3)] {
        let known =
          prefix + "*" + lower + "+" + suffix + "|" + prefix + "+" + lower + "*" + suffix + #"|\p{N}"# + digits
          + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        if pattern == known {
          self.init(tables: tables, digitsPerPiece: count, hasContractions: hasContractions)
          return
        }
      }
    }
    return nil
  }

  @inline(__always)
  func matchEnd(_ bytes: UnsafePointer<UInt8>, at position: Int, start: Int, end: Int) -> Int {
    let byte = bytes[position]
    let (found, length) = steps.look(bytes, position)
    let next = position + length
    let canLead = !found.meets([.letter, .number]) && !ScannerSteps.isLineBreak(byte)
    var word = -1
    if canLead {
      if next < end { word = lowerEnded(bytes, next, end) }
      if word < 0, found.meets(.mark) { word = lowerEnded(bytes, position, end) }
      if word < 0, next < end { word = upperBegun(bytes, next, end) }
      if word < 0, found.meets(.mark) { word = upperBegun(bytes, position, end) }
    } else if found.meets(.letter) {
      word = lowerEnded(bytes, position, end)
      if word < 0 { word = upperBegun(bytes, position, end) }
    }
    if word >= 0 {
      guard hasContractions, word < end, bytes[word] == UInt8(ascii: "'") else { return word }
      return max(word, steps.contractionEnd(bytes, word, end, ignoringCase: true))
    }
    if found.meets(.number) { return steps.run(of: .number, bytes, position, end, atMost: digitsPerPiece) }
    if byte == 0x20, next < end {
      let following = steps.look(bytes, next)
      if !following.classes.meets(Self.notOther) { return others(bytes, next + following.length, end) }
    }
    if found.meets(.whiteSpace) { return steps.whiteSpaceEnd(bytes, position, end, breaksLines: true) }
    return others(bytes, next, end)
  }

  /// `[upper]*[lower]+`: if no lower-case letter follows the upper-case run, the run gives back characters down to its
  /// last one that counts as both.
  @inline(__always)
  private func lowerEnded(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    var lastBoth = -1
    while position < end {
      let (found, length) = steps.look(bytes, position)
      if !found.meets(Self.upper) {
        if found.meets(.lowercase) { return steps.run(of: Self.lower, bytes, position + length, end) }
        break
      }
      position += length
      if found.meets(Self.lower) { lastBoth = position }
    }
    return lastBoth
  }

  /// `[upper]+[lower]*`.
  @inline(__always)
  private func upperBegun(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    let position = steps.run(of: Self.upper, bytes, start, end)
    return position == start ? -1 : steps.run(of: Self.lower, bytes, position, end)
  }

  @inline(__always)
  private func others(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = steps.run(ofNone: Self.notOther, bytes, start, end)
    while position < end, ScannerSteps.isLineBreak(bytes[position]) || bytes[position] == UInt8(ascii: "/") {
      position += 1
    }
    return position
  }
}
