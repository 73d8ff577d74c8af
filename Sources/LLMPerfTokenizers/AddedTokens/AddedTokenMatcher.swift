/// A part of a text: an added token, or what is between two.
struct TextSection: BitwiseCopyable {
  var start: UInt32
  var end: UInt32
  /// The token's id, or -1.
  var token: Int32
}

/// Finds added tokens: leftmost-longest, without overlap.
struct AddedTokenMatcher: Sendable {
  private let tokens: [AddedToken]
  private let trie: ByteTrie
  private let isFirstByte: [Bool]
  /// All bytes that a token begins with, if there are at most four; repeated to fill up.
  private let firstBytes: [UInt8]?

  /// Nil if there is nothing to find. Of tokens with one pattern the first special one is found, else the first one.
  ///
  /// - Parameter patterns: what is looked for, one per token.
  init?(_ tokens: [AddedToken], patterns: [[UInt8]]) {
    var keys = ByteStrings()
    var values: [UInt32] = []
    var isFirstByte = [Bool](repeating: false, count: 256)
    var seen: Set<[UInt8]> = []
    for isSpecial in [true, false] {
      for (index, pattern) in patterns.enumerated() where tokens[index].isSpecial == isSpecial {
        guard let first = pattern.first, seen.insert(pattern).inserted else { continue }
        keys.append(pattern)
        values.append(UInt32(index))
        isFirstByte[Int(first)] = true
      }
    }
    var distinct = (0..<256).filter { isFirstByte[$0] }.map { UInt8($0) }
    guard let first = distinct.first else { return nil }
    self.tokens = tokens
    self.isFirstByte = isFirstByte
    trie = ByteTrie(keys, values: values)
    if distinct.count <= 4 {
      while distinct.count < 4 { distinct.append(first) }
      firstBytes = distinct
    } else {
      firstBytes = nil
    }
  }

  /// Appends the sections of `text`; none if no token is in it.
  func appendSections(of text: UTF8Bytes, tables: UnicodeTables, to sections: inout GrowableBuffer<TextSection>) {
    guard let bytes = text.baseAddress else { return }
    let end = text.count
    var position = 0
    var gap = 0
    while true {
      position = nextCandidate(bytes, position, end)
      if position >= end { break }
      let match = trie.longestMatch(bytes, from: position, to: end)
      guard match.value != 0 else {
        position += 1
        continue
      }
      let token = tokens[Int(match.value - 1)]
      let start = position
      position = match.end
      if token.isSingleWord,
        Self.isWord(before: start, bytes, tables) || Self.isWord(at: match.end, bytes, end, tables)
      {
        continue
      }
      var tokenStart = start
      var tokenEnd = match.end
      if token.stripsLeft { tokenStart = max(Self.spaceStart(before: start, bytes, tables), gap) }
      if token.stripsRight { tokenEnd = Self.spaceEnd(from: match.end, bytes, end, tables) }
      // A token that took white space to its right does not keep the next one from being found in it, unless that one
      // takes the white space to its left and so has nothing left.
      if tokenStart >= tokenEnd { continue }
      if gap < tokenStart { sections.append(TextSection(start: UInt32(gap), end: UInt32(tokenStart), token: -1)) }
      sections.append(
        TextSection(start: UInt32(tokenStart), end: UInt32(tokenEnd), token: Int32(bitPattern: token.id)))
      gap = tokenEnd
    }
    if !sections.isEmpty, gap != end {
      sections.append(TextSection(start: UInt32(gap), end: UInt32(end), token: -1))
    }
  }

  /// The next position whose byte begins a token, or `end`.
  @inline(__always)
  private func nextCandidate(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var position = start
    if let firstBytes {
      let first = SIMD16<UInt8>(repeating: firstBytes[0])
      let second = SIMD16<UInt8>(repeating: firstBytes[1])
      let third = SIMD16<UInt8>(repeating: firstBytes[2])
      let fourth = SIMD16<UInt8>(repeating: firstBytes[3])
      while position + 16 <= end {
        let block = UnsafeRawPointer(bytes + position).loadUnaligned(as: SIMD16<UInt8>.self)
        let hits = (block .== first) .| (block .== second) .| (block .== third) .| (block .== fourth)
        if any(hits) { break }
        position += 16
      }
    }
    while position < end, !isFirstByte[unchecked: Int(bytes[position])] { position += 1 }
    return position
  }

  private static func isWord(at position: Int, _ bytes: UnsafePointer<UInt8>, _ end: Int, _ tables: UnicodeTables)
    -> Bool
  {
    guard position < end else { return false }
    return tables.classes(of: bytes.scalar(at: position).value).meets(.rustWord)
  }

  private static func isWord(before position: Int, _ bytes: UnsafePointer<UInt8>, _ tables: UnicodeTables) -> Bool {
    position > 0 && isWord(at: bytes.scalarStart(before: position), bytes, position, tables)
  }

  private static func spaceStart(
    before position: Int, _ bytes: UnsafePointer<UInt8>, _ tables: UnicodeTables
  ) -> Int {
    var start = position
    while start > 0 {
      let previous = bytes.scalarStart(before: start)
      if !tables.classes(of: bytes.scalar(at: previous).value).meets(.whiteSpace) { break }
      start = previous
    }
    return start
  }

  private static func spaceEnd(
    from position: Int, _ bytes: UnsafePointer<UInt8>, _ end: Int, _ tables: UnicodeTables
  ) -> Int {
    var position = position
    while position < end {
      let (scalar, length) = bytes.scalar(at: position)
      if !tables.classes(of: scalar).meets(.whiteSpace) { break }
      position += length
    }
    return position
  }
}
