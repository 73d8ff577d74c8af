/// GPT-2's pattern, which the ByteLevel pre-tokenizer uses where it has `use_regex`.
struct GPT2Scanner: PatternScanner {
  static let pattern = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  private let steps: ScannerSteps

  init(tables: UnicodeTables) { steps = ScannerSteps(tables: tables) }

  @inline(__always)
  func matchEnd(_ bytes: UnsafePointer<UInt8>, at position: Int, start: Int, end: Int) -> Int {
    let notOther: ScalarClasses = [.letter, .number, .whiteSpace]
    var (found, length) = steps.look(bytes, position)
    var next = position + length
    let byte = bytes[position]
    if byte == UInt8(ascii: "'") {
      let contraction = steps.contractionEnd(bytes, position, end, ignoringCase: false)
      if contraction > 0 { return contraction }
    }
    if byte == 0x20, next < end {
      let following = steps.look(bytes, next)
      if !following.classes.meets(.whiteSpace) {
        found = following.classes
        next += following.length
      }
    }
    if found.meets(.letter) { return steps.run(of: .letter, bytes, next, end) }
    if found.meets(.number) { return steps.run(of: .number, bytes, next, end) }
    if !found.meets(.whiteSpace) { return steps.run(ofNone: notOther, bytes, next, end) }
    return steps.whiteSpaceEnd(bytes, position, end, breaksLines: false)
  }
}
