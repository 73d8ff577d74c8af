/// What the scanners of well-known patterns have in common.
struct ScannerSteps: Sendable {
  let classes: ScalarTable<UInt32>

  init(tables: UnicodeTables) { classes = tables.classes }

  /// The classes of the scalar at `position`, and its length in bytes.
  @inline(__always)
  func look(_ bytes: UnsafePointer<UInt8>, _ position: Int) -> (classes: ScalarClasses, length: Int) {
    let byte = bytes[position]
    if byte < 0x80 { return (ScalarClasses(rawValue: classes[latin: byte]), 1) }
    let (scalar, length) = bytes.scalar(at: position)
    return (ScalarClasses(rawValue: classes[scalar]), length)
  }

  /// The end of the longest run of scalars of any of `wanted`.
  @inline(__always)
  func run(
    of wanted: ScalarClasses, _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, atMost: Int = .max
  ) -> Int {
    var position = start
    var left = atMost
    while position < end, left > 0 {
      let (found, length) = look(bytes, position)
      if !found.meets(wanted) { break }
      position += length
      left -= 1
    }
    return position
  }

  /// The end of the longest run of scalars of none of `unwanted`.
  @inline(__always)
  func run(
    ofNone unwanted: ScalarClasses, _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int
  ) -> Int {
    var position = start
    while position < end {
      let (found, length) = look(bytes, position)
      if found.meets(unwanted) { break }
      position += length
    }
    return position
  }

  /// The end of `'s 't 're 've 'm 'll 'd` at an apostrophe, or -1.
  @inline(__always)
  func contractionEnd(_ bytes: UnsafePointer<UInt8>, _ position: Int, _ end: Int, ignoringCase: Bool) -> Int {
    guard position + 1 < end else { return -1 }
    let fold: UInt8 = ignoringCase ? 0x20 : 0
    switch bytes[position + 1] | fold {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return isLetter(bytes[position + 1]) ? position + 2 : -1
    case UInt8(ascii: "r"), UInt8(ascii: "v"):
      return second(UInt8(ascii: "e"), bytes, position, end, fold)
    case UInt8(ascii: "l"):
      return second(UInt8(ascii: "l"), bytes, position, end, fold)
    default:
      // The long s, U+017F, is an s.
      guard ignoringCase, position + 2 < end, bytes[position + 1] == 0xC5, bytes[position + 2] == 0xBF else {
        return -1
      }
      return position + 3
    }
  }

  @inline(__always)
  private func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 &- 0x61 < 26 }

  @inline(__always)
  private func second(
    _ letter: UInt8, _ bytes: UnsafePointer<UInt8>, _ position: Int, _ end: Int, _ fold: UInt8
  ) -> Int {
    position + 2 < end && bytes[position + 2] | fold == letter ? position + 3 : -1
  }

  /// The end of `\s*[\r\n]+|\s+(?!\S)|\s+` at white space.
  @inline(__always)
  func whiteSpaceEnd(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, breaksLines: Bool) -> Int {
    var position = start
    var last = start
    var lineEnd = -1
    while position < end {
      let (found, length) = look(bytes, position)
      if !found.meets(.whiteSpace) { break }
      last = position
      position += length
      if bytes[last] == 0x0A || bytes[last] == 0x0D { lineEnd = position }
    }
    if breaksLines, lineEnd >= 0 { return lineEnd }
    return position == end || last == start ? position : last
  }

  /// Whether the byte is a carriage return or a line feed.
  @inline(__always)
  static func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
