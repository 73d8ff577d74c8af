import LLMPerfBytes

/// SentencePiece's character map: a trie of byte strings and their replacements, as its model files hold it.
///
/// The trie is Darts-clone's double array. A unit's low byte and top bit are its label, bit 8 says that a leaf child
/// exists, and the offset of its children is in bits 10 and up, eight bits further up if bit 9 is set.
struct CharacterMap: Sendable {
  private let units: [UInt32]
  /// NUL-terminated replacements.
  private let replacements: [UInt8]

  init(_ blob: [UInt8]) throws(TokenizerError) {
    guard blob.count >= 4 else { throw .malformed("the precompiled character map is too short") }
    func word(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(blob[index + $1]) << UInt32(8 * $1) }
    }
    let size = Int(word(0))
    guard size % 4 == 0, size >= 4, 4 + size <= blob.count else {
      throw .malformed("the precompiled character map's trie does not fit in it")
    }
    units = stride(from: 4, to: 4 + size, by: 4).map(word)
    replacements = Array(blob[(4 + size)...])
    guard replacements.withUnsafeBufferPointer({ UTF8Text.isWellFormed($0) }) else {
      throw .malformed("the precompiled character map's replacements are not UTF-8")
    }
  }

  enum Choice { case shortest, longest }

  /// The key at the beginning of the bytes, and where its replacement is; nil if no key begins there.
  @inline(__always)
  func key(
    _ choice: Choice, in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> (length: Int, replacement: Int)? {
    var found: (length: Int, replacement: Int)?
    var node = Self.offset(units[0])
    var position = start
    while position < end {
      let byte = Int(bytes[position])
      node ^= byte
      guard node < units.count else { return found }
      let unit = units[unchecked: node]
      guard unit & 0x8000_00FF == UInt32(byte) else { return found }
      position += 1
      node ^= Self.offset(unit)
      if unit & 0x100 != 0, node < units.count {
        found = (position - start, Int(units[unchecked: node] & 0x7FFF_FFFF))
        if choice == .shortest { return found }
      }
    }
    return found
  }

  @inline(__always)
  private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 0x200) >> 6)) }

  /// Appends the replacement that begins at `start`.
  func append(replacement start: Int, to output: inout GrowableBuffer<UInt8>) {
    var position = start
    // A broken map could point into the middle of a character.
    if start < replacements.count, replacements[unchecked: start] & 0xC0 == 0x80 { return }
    while position < replacements.count, replacements[unchecked: position] != 0 {
      output.append(replacements[unchecked: position])
      position += 1
    }
  }

  /// Replaces the way the reference library's Precompiled normalizer does, which differs from SentencePiece: if a
  /// grapheme cluster of fewer than six bytes begins with a key, the shortest one's replacement stands for all of it;
  /// otherwise each scalar is looked up alone.
  func applyByCluster(
    _ text: UTF8Bytes, tables: UnicodeTables, into output: inout GrowableBuffer<UInt8>
  ) -> Bool {
    guard let bytes = text.baseAddress else { return false }
    var copied = 0
    var position = 0
    while position < text.count {
      let end = GraphemeClusters.end(in: text, from: position, tables: tables)
      if end - position < 6, let match = key(.shortest, in: bytes, from: position, to: end) {
        output.append(contentsOf: text.slice(copied, position))
        append(replacement: match.replacement, to: &output)
        copied = end
      } else {
        var scalar = position
        while scalar < end {
          let next = scalar + scalarLength(firstByte: bytes[scalar])
          // The whole scalar is the key that is looked up; the shortest key in it stands for it.
          if let match = key(.shortest, in: bytes, from: scalar, to: next) {
            output.append(contentsOf: text.slice(copied, scalar))
            append(replacement: match.replacement, to: &output)
            copied = next
          }
          scalar = next
        }
      }
      position = end
    }
    if copied == 0 { return false }
    output.append(contentsOf: text.slice(copied, text.count))
    return true
  }
}
