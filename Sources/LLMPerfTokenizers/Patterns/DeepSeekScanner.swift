/// The last and largest pattern of DeepSeek V3.
struct DeepSeekScanner: PatternScanner {
  static let pattern =
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^"## + "\r\n"
    + #"\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+["# + "\r\n" + #"]*|\s*["# + "\r\n" + #"]+|\s+(?!\S)|\s+"#

  private let steps: ScannerSteps

  init(tables: UnicodeTables) { steps = ScannerSteps(tables: tables) }

  @inline(__always)
  func matchEnd(_ bytes: UnsafePointer<UInt8>, at position: Int, start: Int, end: Int) -> Int {
    let letters: ScalarClasses = [.letter, .mark]
    let signs: ScalarClasses = [.categoryPunctuation, .symbol]
    let byte = bytes[position]
    let (found, length) = steps.look(bytes, position)
    if found.meets(letters) { return steps.run(of: letters, bytes, position + length, end) }
    let next = position + length
    if next < end {
      // All ASCII punctuation and symbols are in the first alternative's class.
      if byte < 0x80, found.meets(signs), isASCIILetter(bytes[next]) {
        var position = next + 1
        while position < end, isASCIILetter(bytes[position]) { position += 1 }
        return position
      }
      let following = steps.look(bytes, next)
      if following.classes.meets(letters), !found.meets(signs), !ScannerSteps.isLineBreak(byte) {
        return steps.run(of: letters, bytes, next + following.length, end)
      }
      if byte == 0x20, following.classes.meets(signs) { return others(bytes, next, end) }
    }
    if found.meets(signs) { return others(bytes, position, end) }
    if found.meets(.whiteSpace) { return steps.whiteSpaceEnd(bytes, position, end, breaksLines: true) }
    return -1
  }

  @inline(__always)
  private func isASCIILetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  @inline(__always)
  private func others(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = steps.run(of: [.categoryPunctuation, .symbol], bytes, start, end)
    while position < end, ScannerSteps.isLineBreak(bytes[position]) { position += 1 }
    return position
  }
}
