/// Where grapheme clusters end.
enum GraphemeClusters {
  /// The end of the cluster that begins at `start`.
  ///
  /// Most text is made of scalars that never join; only where one that might is near is the standard library asked.
  static func end(in text: UTF8Bytes, from start: Int, tables: UnicodeTables) -> Int {
    guard let bytes = text.baseAddress, start < text.count else { return text.count }
    let (scalar, length) = bytes.scalar(at: start)
    var end = start + length
    if end == text.count { return end }
    if isSolitary(scalar, tables) {
      let next = bytes.scalar(at: end).value
      if isSolitary(next, tables) { return scalar == 0x0D && next == 0x0A ? end + 1 : end }
    }
    // A cluster is known to be whole when what was looked at goes on after it.
    var limit = 8
    while true {
      var last = scalar
      var scalars = 1
      end = start + length
      while end < text.count, scalars < limit {
        let (next, length) = bytes.scalar(at: end)
        if isSolitary(last, tables), isSolitary(next, tables) { break }
        last = next
        end += length
        scalars += 1
      }
      let stretch = String(decoding: text.slice(start, end), as: UTF8.self)
      let cluster = start + (stretch.first.map { $0.utf8.count } ?? length)
      if cluster < end || scalars < limit || end == text.count { return cluster }
      limit *= 4
    }
  }

  /// Whether a scalar is certain to make a cluster of its own next to another such scalar.
  @inline(__always)
  private static func isSolitary(_ scalar: UInt32, _ tables: UnicodeTables) -> Bool {
    if scalar < 0x300 { return scalar != 0xA9 && scalar != 0xAE }
    switch scalar {
    case 0x370..<0x483, 0x48A..<0x530, 0x1E00..<0x2000, 0x2010..<0x2028, 0x2030..<0x203C, 0x3041..<0x3099,
      0x309B..<0x3297, 0x329A..<0xA4D0, 0xF900..<0xFB00, 0xFF01..<0xFF9E:
      return !tables.classes(of: scalar).meets(.mark)
    case 0x3001..<0x302A: return true
    default: return false
    }
  }
}
