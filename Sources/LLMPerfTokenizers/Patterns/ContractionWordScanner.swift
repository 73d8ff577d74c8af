/// The pattern family of OpenAI's cl100k, which Qwen, Llama 3 and GLM follow: contractions, words with at most one
/// other character in front, digits, runs of other characters, white space.
struct ContractionWordScanner: PatternScanner {
  private let steps: ScannerSteps
  private let digitsPerPiece: Int
  /// Letters, or letters and marks.
  private let letters: ScalarClasses
  private let notOther: ScalarClasses

  init(tables: UnicodeTables, digitsPerPiece: Int, marksAreLetters: Bool = false) {
    steps = ScannerSteps(tables: tables)
    self.digitsPerPiece = digitsPerPiece
    letters = marksAreLetters ? [.letter, .mark] : .letter
    notOther = letters.union([.number, .whiteSpace])
  }

  /// Nil unless `pattern` is of the family.
  init?(_ pattern: String, tables: UnicodeTables) {
    for (digits, count) in [("", 1), ("{1,3}", 3)] {
      for (letters, none, marks) in [(#"\p{L}"#, #"\p{L}"#, false), (#"[\p{L}\p{M}]"#, #"\p{L}\p{M}"#, true)] {
        let known =
          #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?"# + letters + #"+|\p{N}"# + digits + #"| ?[^\s"# + none
          + #"\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        if pattern == known {
          self.init(tables: tables, digitsPerPiece: count, marksAreLetters: marks)
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
    if found.meets(letters) { return steps.run(of: letters, bytes, position + length, end) }
    if found.meets(.number) { return steps.run(of: .number, bytes, position, end, atMost: digitsPerPiece) }
    let next = position + length
    if byte == UInt8(ascii: "'") {
      let contraction = steps.contractionEnd(bytes, position, end, ignoringCase: true)
      if contraction > 0 { return contraction }
    }
    if next < end {
      let (following, followingLength) = steps.look(bytes, next)
      if following.meets(letters), !ScannerSteps.isLineBreak(byte) {
        return steps.run(of: letters, bytes, next + followingLength, end)
      }
      if byte == 0x20, !following.meets(notOther) { return others(bytes, next + followingLength, end) }
    }
    if found.meets(.whiteSpace) { return steps.whiteSpaceEnd(bytes, position, end, breaksLines: true) }
    return others(bytes, next, end)
  }

  @inline(__always)
  private func others(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = steps.run(ofNone: notOther, bytes, start, end)
    while position < end, ScannerSteps.isLineBreak(bytes[position]) { position += 1 }
    return position
  }
}
