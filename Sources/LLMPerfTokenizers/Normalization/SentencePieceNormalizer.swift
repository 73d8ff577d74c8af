/// SentencePiece's own normalization: its character map by longest match, and its rules for white space.
struct SentencePieceNormalizer: Sendable {
  private static let spaceSymbol: [UInt8] = [0xE2, 0x96, 0x81]

  let map: CharacterMap?
  let userDefined: ByteTrie?
  let addsDummyPrefix: Bool
  let removesExtraSpaces: Bool
  let escapesSpaces: Bool

  func apply(_ text: UTF8Bytes, into output: inout GrowableBuffer<UInt8>) {
    guard let bytes = text.baseAddress, !text.isEmpty else { return }
    var part = GrowableBuffer<UInt8>()
    var position = 0
    if removesExtraSpaces {
      while position < text.count {
        let end = next(bytes, position, text.count, into: &part)
        guard part.count == 1, part[0] == 0x20 else { break }
        position = end
      }
    }
    if position == text.count { return }
    let space = escapesSpaces ? Self.spaceSymbol : [0x20]
    if addsDummyPrefix { output.append(bytes: space) }
    var followsSpace = removesExtraSpaces
    while position < text.count {
      position = next(bytes, position, text.count, into: &part)
      var start = 0
      while followsSpace, start < part.count, part[start] == 0x20 { start += 1 }
      guard start < part.count else { continue }
      for index in start..<part.count {
        if part[index] == 0x20, escapesSpaces {
          output.append(bytes: space)
        } else {
          output.append(part[index])
        }
      }
      followsSpace = removesExtraSpaces && part[part.count - 1] == 0x20
    }
    while removesExtraSpaces, Self.endsWith(space, output.elements) { output.removeLast(space.count) }
  }

  private static func endsWith(_ suffix: [UInt8], _ text: UTF8Bytes) -> Bool {
    text.count >= suffix.count && text.slice(text.count - suffix.count, text.count).hasPrefix(suffix)
  }

  /// Writes what the next characters become to `part`.
  ///
  /// - Returns: the end of the characters it stands for.
  private func next(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, into part: inout GrowableBuffer<UInt8>
  ) -> Int {
    part.removeAll()
    if let userDefined {
      let match = userDefined.longestMatch(bytes, from: start, to: end)
      if match.value != 0 {
        part.append(contentsOf: UTF8Bytes(start: bytes + start, count: match.end - start))
        return match.end
      }
    }
    if let map, let match = map.key(.longest, in: bytes, from: start, to: end),
      start + match.length == end || bytes[start + match.length] & 0xC0 != 0x80
    {
      map.append(replacement: match.replacement, to: &part)
      return start + match.length
    }
    let length = scalarLength(firstByte: bytes[start])
    part.append(contentsOf: UTF8Bytes(start: bytes + start, count: length))
    return start + length
  }
}
