/// `\w+|[^\w\s]+`, which the Whitespace pre-tokenizer uses. Its `\w` has the two joiners as well.
struct WordRunScanner: PatternScanner {
  private let steps: ScannerSteps

  init(tables: UnicodeTables) { steps = ScannerSteps(tables: tables) }

  @inline(__always)
  func matchEnd(_ bytes: UnsafePointer<UInt8>, at start: Int, start _: Int, end: Int) -> Int {
    let (isWord, isSpace, length) = look(bytes, start)
    if isSpace { return -1 }
    var position = start + length
    while position < end {
      let next = look(bytes, position)
      if next.isSpace || next.isWord != isWord { break }
      position += next.length
    }
    return position
  }

  @inline(__always)
  private func look(
    _ bytes: UnsafePointer<UInt8>, _ position: Int
  ) -> (isWord: Bool, isSpace: Bool, length: Int) {
    let (classes, length) = steps.look(bytes, position)
    let isWord = classes.meets(.word) || Self.isJoiner(bytes, position, length)
    return (isWord, classes.meets(.whiteSpace), length)
  }

  /// Whether the scalar is U+200C or U+200D, which Rust's `\w` has and Oniguruma's has not.
  @inline(__always)
  static func isJoiner(_ bytes: UnsafePointer<UInt8>, _ position: Int, _ length: Int) -> Bool {
    length == 3 && bytes[position] == 0xE2 && bytes[position + 1] == 0x80 && bytes[position + 2] & 0xFE == 0x8C
  }
}
