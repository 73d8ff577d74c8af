/// Between which neighbouring characters no merge ever reaches.
///
/// A text without a pre-tokenizer is one word. Where no entry that merges produce holds two neighbouring characters in
/// that order, it can be cut in two without changing the result, and the short words that remain can be cached. The
/// pairs are kept as a hashed bit set: a false hit only means a cut less.
struct MergeBorders: Sendable {
  private static let bitCount: UInt64 = 22

  private let ascii: [UInt64]
  private let hashed: [UInt64]
  /// Whether characters that the vocabulary lacks may be next to a cut; if not, runs of them must stay together.
  private let cutsAtUnknown: Bool
  private let symbols: SymbolTable

  /// - Parameters:
  ///   - cutsAtUnknown: whether characters that are no symbols become tokens each on its own.
  ///   - forEachEntry: calls its argument with everything that merges may produce.
  init(symbols: SymbolTable, cutsAtUnknown: Bool, forEachEntry: (_ body: (UTF8Bytes) -> Void) -> Void) {
    var ascii = [UInt64](repeating: 0, count: 256)
    var hashed = [UInt64](repeating: 0, count: 1 << (Self.bitCount - 6))
    forEachEntry { entry in
      guard let pointer = entry.baseAddress, !entry.isEmpty else { return }
      var (last, position) = pointer.scalar(at: 0)
      while position < entry.count {
        let (scalar, length) = pointer.scalar(at: position)
        if last | scalar < 128 {
          ascii[Int(last << 1 | scalar >> 6)] |= 1 << UInt64(scalar & 63)
        } else {
          let bit = Self.bit(last, scalar)
          hashed[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        last = scalar
        position += length
      }
    }
    self.ascii = ascii
    self.hashed = hashed
    self.symbols = symbols
    self.cutsAtUnknown = cutsAtUnknown
  }

  /// Nil if the stand-ins of bytes merge, since they may be anywhere.
  init?(_ model: BytePairMerges, vocabulary: Vocabulary, symbols: SymbolTable, byteTokens: [UInt32]) {
    let bytes = Set(byteTokens)
    if model.merges.contains(where: { bytes.contains($0.left) || bytes.contains($0.right) }) { return nil }
    let cutsAtUnknown = byteTokens.count == 256 && !bytes.contains(SymbolTable.unknown)
    self.init(symbols: symbols, cutsAtUnknown: cutsAtUnknown) { body in
      var seen = [Bool](repeating: false, count: vocabulary.idEnd)
      for merge in model.merges where !seen[Int(merge.result)] {
        seen[Int(merge.result)] = true
        vocabulary.withToken(Int(merge.result), body)
      }
    }
  }

  @inline(__always)
  private static func bit(_ left: UInt32, _ right: UInt32) -> Int {
    let key = UInt64(left) << 21 | UInt64(right)
    return Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> (64 - bitCount))
  }

  /// Cuts every piece wherever no merge reaches across.
  func cut(
    _ pieces: UnsafeBufferPointer<SplitPiece>, of text: UTF8Bytes, into output: inout GrowableBuffer<SplitPiece>
  ) {
    guard let bytes = text.baseAddress else { return }
    for piece in pieces where piece.count > 0 {
      let end = Int(piece.end)
      var start = Int(piece.start)
      var (last, length) = bytes.scalar(at: start)
      var position = start + length
      while position < end {
        let (scalar, length) = bytes.scalar(at: position)
        if !mayMerge(last, scalar) {
          output.append(SplitPiece(start, position))
          start = position
        }
        last = scalar
        position += length
      }
      output.append(SplitPiece(start, end))
    }
  }

  @inline(__always)
  private func mayMerge(_ left: UInt32, _ right: UInt32) -> Bool {
    let isInEntry: Bool
    if left | right < 128 {
      isInEntry = ascii[unchecked: Int(left << 1 | right >> 6)] & 1 << UInt64(right & 63) != 0
    } else {
      let bit = Self.bit(left, right)
      isInEntry = hashed[unchecked: bit >> 6] & 1 << UInt64(bit & 63) != 0
    }
    if isInEntry || cutsAtUnknown { return isInEntry }
    return symbols.symbol(ofScalar: left) == SymbolTable.unknown
      || symbols.symbol(ofScalar: right) == SymbolTable.unknown
  }
}
