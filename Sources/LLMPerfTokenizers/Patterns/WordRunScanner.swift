/// `\w+|[^\w\s]+` with Rust's `\w`, which the Whitespace pre-tokenizer uses.
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
    return (classes.meets(.rustWord), classes.meets(.whiteSpace), length)
  }
}
